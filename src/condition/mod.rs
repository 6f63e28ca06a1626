//! condition.
