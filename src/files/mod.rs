//! Files that survive a crash, and that nobody else reads.
//!
//! Belongs here: what everything that keeps or hands out files needs for that, and how each
//! system spells it. Does not belong here: what is in the files (`desk`, `bundle`, `cli`).

mod private;

pub(crate) use private::{
    create_dir, create_unnamed_dir, open_no_link, readable_by_others, replace, sync_dir,
    sync_dir_if_possible, write,
};
