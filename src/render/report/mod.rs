//! `report.html`: a bundle for people, readable without this program.
//!
//! Belongs here: turning redacted contents into one page without script or remote
//! reference. The pictures are inline SVG of their own geometry. Every text is escaped by the
//! template; what could change the order or look of other text is made visible before. The same
//! documents in a few lines for a terminal, too. Does not belong here: reading bundles.

mod documents;
mod drive;
mod events;
mod summary;
mod timeline;
mod topology;
mod view;

pub use summary::summary;
pub use view::report;
