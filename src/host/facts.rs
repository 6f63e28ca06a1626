//! System, version, kernel, architecture: from the root's files, or from the live system.

use super::root::Root;
use crate::snapshot::HostFacts;

pub(super) fn read(root: &Root) -> HostFacts {
    if root.is_live() {
        return live(root);
    }
    HostFacts {
        os: Some("linux".into()),
        os_version: os_version(root),
        kernel: kernel(root),
        arch: attribute(root, "proc/sys/kernel/arch"),
        usb_bus: None,
    }
}

fn live(root: &Root) -> HostFacts {
    HostFacts {
        os: Some(std::env::consts::OS.into()),
        os_version: os_version(root).or_else(|| sysinfo::System::long_os_version().ok()),
        kernel: sysinfo::System::kernel_version().ok(),
        arch: Some(sysinfo::System::cpu_arch()).filter(|arch| !arch.is_empty()),
        usb_bus: None,
    }
}

fn attribute(root: &Root, path: &str) -> Option<String> {
    let text = root.text(path, 4096).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn kernel(root: &Root) -> Option<String> {
    attribute(root, "proc/sys/kernel/osrelease").or_else(|| {
        // "Linux version 6.1.0-56-amd64 (…)"
        Some(attribute(root, "proc/version")?.split_whitespace().nth(2)?.to_owned())
    })
}

/// The text of os-release(5); `None` when there is none.
pub fn os_release(root: &Root) -> Option<String> {
    let paths = ["etc/os-release", "usr/lib/os-release"];
    paths.iter().find_map(|path| root.text(path, 64 * 1024).ok())
}

/// `PRETTY_NAME`, or `NAME VERSION`, of os-release(5).
fn os_version(root: &Root) -> Option<String> {
    let text = os_release(root)?;
    let value = |key: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='))?;
        Some(unquote(line)).filter(|value| !value.is_empty())
    };
    value("PRETTY_NAME").or_else(|| {
        let name = value("NAME")?;
        Some(value("VERSION_ID").map_or(name.clone(), |version| format!("{name} {version}")))
    })
}

fn unquote(text: &str) -> String {
    let text = text.trim();
    let inner = [('"', '"'), ('\'', '\'')]
        .iter()
        .find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close));
    inner.unwrap_or(text).replace("\\\"", "\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn os_release_is_read_with_and_without_quotes() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("etc")).unwrap();
        let file = dir.path().join("etc/os-release");
        let root = Root::at(dir.path());
        for (text, want) in [
            (
                "ID=x\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n",
                Some("Debian GNU/Linux 12 (bookworm)"),
            ),
            ("NAME=Alpine\nVERSION_ID='3.20'\n", Some("Alpine 3.20")),
            ("", None),
        ] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(os_version(&root).as_deref(), want);
        }
    }
}
