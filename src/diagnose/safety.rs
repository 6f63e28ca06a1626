//! Advice that no pack may give.
//!
//! A locked drive looks broken: no medium, 0 bytes, "insert a disk", "format?". While the
//! state of the data is not known, nobody may be told to erase, repair or reset anything,
//! or to spend one more password attempt: ten wrong ones erase most of these drives.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

/// Words of harmful advice, wherever they stand in a remedy.
const HARMFUL: &[&str] = &[
    r"\b(re)?format",
    r"\beras(e|ing)",
    r"\b(re)?initiali[sz]",
    r"\brepair",
    r"\b(chkdsk|fsck|diskpart|mkfs|wipefs|testdisk|first aid|disk utility|e2fsck)",
    r"\bpartition(ing|er| the| it)\b",
    r"\breset",
    r"\b(wipe|wiping|zeroi[sz]e|detonate|delete all|clean all)\b",
    r"\b(try|enter|type|guess|test|repeat)\w*\b[^.;]{0,60}\b(password|passphrase|pin|code)s?\b",
    r"\b(password|passphrase|pin)s?\b[^.;]{0,40}\b(again|once more|another time)\b",
    r"\b(another|next|different|more) (password|passphrase|pin|attempt|try)",
    r"\b(disassemble|open the case|freez)",
    r"\bforce (the )?(unmount|eject)",
];

/// The harmful advice in a remedy, if there is any.
pub fn forbidden(remedy: &str) -> Option<&str> {
    static PATTERNS: OnceLock<Vec<Regex>> = OnceLock::new();
    let patterns = PATTERNS.get_or_init(|| {
        let build = |text: &&str| RegexBuilder::new(text).case_insensitive(true).build().ok();
        HARMFUL.iter().filter_map(build).collect()
    });
    patterns.iter().find_map(|pattern| pattern.find(remedy)).map(|found| found.as_str())
}

/// Whether a warning warns: it can name any harm, so it has to begin by forbidding it.
pub(super) fn warns(never: &str) -> bool {
    ["Do not ", "Never "].iter().any(|start| never.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_a_pattern_and_the_usual_harm_is_found() {
        assert!(HARMFUL.iter().all(|text| Regex::new(text).is_ok()));
        for harm in [
            "Format the drive as exFAT.",
            "Run chkdsk E: /f.",
            "Reformat it after a backup",
            "Use Disk Utility to check the volume.",
            "Run fsck on the unmounted volume",
            "Initialise the disk when Windows asks",
            "Initialize the disk",
            "Let Windows repair the drive",
            "Reset the drive in its control panel",
            "Try your old password.",
            "Enter the password slowly",
            "Check the keyboard and enter the PIN again",
            "Use one more attempt",
            "Erase it and start over",
        ] {
            assert!(forbidden(harm).is_some(), "{harm}");
        }
    }

    #[test]
    fn harmless_advice_passes() {
        for fine in [
            "Plug the drive directly into the computer, without a hub.",
            "Ask your administrator for a recovery code.",
            "Stop here, and keep the attempts that are left.",
            "Copy the data to another place first.",
            "Ask whoever manages this computer to allow the drive.",
        ] {
            assert_eq!(forbidden(fine), None, "{fine}");
        }
    }

    #[test]
    fn a_warning_begins_by_forbidding() {
        assert!(warns("Do not format the drive."));
        assert!(!warns("Format the drive."));
    }
}
