//! collect.

pub mod seeds;
