//! The rules themselves, one pair for each product that the catalog knows by its ids.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::catalog::{Catalog, Kind};
use crate::snapshot::{Pid, Vid};
use crate::text::one_line;

/// The file's name. It has to sort before `73-seat-late.rules`, which is where udev turns
/// the tag `uaccess` into a right (systemd's `sd-login` documentation).
pub const FILE_NAME: &str = "70-keycase.rules";

const HEAD: &str = "\
# Lets the person at the screen open the drives named below: their USB device and HID nodes,
# and no other node. For programs that open them, such as a vendor's unlocker; keycase opens
# no drive and works without this file.
#
# Made by `keycase udev print` from the device packs. `keycase udev check` compares.
";

/// A product whose nodes the seat's user may open.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// `idVendor`.
    pub vid: Vid,
    /// `idProduct`.
    pub pid: Pid,
}

impl std::fmt::Display for Grant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.vid, self.pid)
    }
}

/// Every product that a pack of a model or family names by both ids, with its name.
///
/// A maker's id alone would cover its mice and headsets, and a string can be set by anybody.
pub fn grants(catalog: &Catalog) -> BTreeMap<Grant, String> {
    let secure = |kind| matches!(kind, Kind::Model | Kind::Family);
    let mut grants = BTreeMap::new();
    for entry in catalog.entries().iter().filter(|entry| secure(entry.kind)) {
        for usb in entry.matches.iter().filter_map(|row| row.usb.as_ref()) {
            if let (Some(vid), Some(pid)) = (usb.vid, usb.pid) {
                grants.insert(Grant { vid, pid }, entry.name.clone());
            }
        }
    }
    grants
}

/// The rules of a catalog, as `udev/70-keycase.rules` holds them.
pub fn rules(catalog: &Catalog) -> String {
    let mut text = format!("{HEAD}\nACTION==\"remove\", GOTO=\"keycase_end\"\n");
    for (grant, name) in grants(catalog) {
        let Grant { vid, pid } = grant;
        // A name comes from a pack, which may be an overlay: it must not end the comment.
        let name = one_line(&name);
        let _ = write!(
            text,
            "\n# {name}\n\
             SUBSYSTEM==\"usb\", ENV{{DEVTYPE}}==\"usb_device\", ATTR{{idVendor}}==\"{vid}\", \
             ATTR{{idProduct}}==\"{pid}\", TAG+=\"uaccess\"\n\
             SUBSYSTEM==\"hidraw\", ATTRS{{idVendor}}==\"{vid}\", ATTRS{{idProduct}}==\"{pid}\", \
             TAG+=\"uaccess\"\n",
        );
    }
    text.push_str("\nLABEL=\"keycase_end\"\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packs::embedded;

    #[test]
    fn only_secure_drives_known_by_both_ids_are_granted() {
        let catalog = Catalog::load(&embedded()).unwrap();
        let grants: Vec<String> = grants(&catalog).keys().map(ToString::to_string).collect();
        assert!(grants.contains(&"1953:0202".to_owned()), "{grants:?}");
        for other in ["0951:1666", "0951:16df", "05dc:0080", "1953:1337"] {
            assert!(!grants.contains(&other.to_owned()), "{other} is no secure drive of ours");
        }
        let text = rules(&catalog);
        assert_eq!(text.matches("TAG+=\"uaccess\"").count(), 2 * grants.len());
        assert!(!text.contains("sg"), "no rights on SCSI pass-through");
        assert!(FILE_NAME < "73-seat-late.rules");
    }
}
