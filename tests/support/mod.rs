//! What the tests share: recorded machines, an emulated bus, and the program to run.
//!
//! A test file declares `pub mod support;`. Public at the root of a test, so that what
//! this test does not use is not reported as dead.
//!
//! | module | gives |
//! |---|---|
//! | `keycase` | the program in a clean environment |
//! | `record` | devices as `umockdev-record` writes them, planted as a sysfs tree |
//! | `machine` | `tests/machines`, unpacked for `--sysroot` |
//! | `mockbus` | an emulated bus that keeps a log of what reaches a drive |
//! | `mkusb` | any number of drives at once |
//! | `browser` | a page opened in headless Chromium |

#![expect(clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

#[cfg(target_os = "linux")]
pub mod browser;
pub mod keycase;
#[cfg(unix)]
pub mod machine;
#[cfg(target_os = "linux")]
pub mod mkusb;
#[cfg(target_os = "linux")]
pub mod mockbus;
#[cfg(unix)]
pub mod record;
