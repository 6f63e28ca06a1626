//! Support desks and the outbox.

mod config;

pub use config::{DeskConfig, DeskKind, OutboxConfig};
