//! What several targets share: a desk that answers anything, a medium in pieces, a machine's files
//! in memory, and what must hold for everything that is shown.

pub mod canary;
pub mod desk;
pub mod medium;
pub mod shown;
pub mod tree;
