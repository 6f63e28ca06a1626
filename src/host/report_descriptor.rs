//! Usage page and usage of the top-level collections in a HID report descriptor.
//!
//! Item format: Device Class Definition for HID 1.11, §6.2.2. Only the items that name a
//! collection are read; everything else is stepped over.

const USAGE_PAGE: u8 = 0x04;
const USAGE: u8 = 0x08;
const COLLECTION: u8 = 0xa0;
const END_COLLECTION: u8 = 0xc0;
const LONG_ITEM: u8 = 0xfe;

/// Returns `(usage page, usage)` of each top-level collection, in order.
pub fn usages(descriptor: &[u8]) -> Vec<(u16, u16)> {
    let mut found = Vec::new();
    let (mut page, mut usage, mut depth) = (0u16, None, 0u32);
    let mut rest = descriptor;
    while let Some((&prefix, tail)) = rest.split_first() {
        let size = match prefix {
            // A long item says its own length; none is in use, so it is only skipped.
            LONG_ITEM => tail.first().map_or(0, |&n| usize::from(n) + 2),
            _ => [0, 1, 2, 4][usize::from(prefix & 3)],
        };
        let Some(data) = tail.get(..size) else { break };
        match prefix & 0xfc {
            USAGE_PAGE => page = low_word(data),
            USAGE if usage.is_none() => {
                // A four-byte usage carries its page in the upper half.
                let own_page = data.get(2..4).map_or(page, low_word);
                usage = Some((own_page, low_word(data)));
            }
            COLLECTION => {
                if depth == 0 {
                    found.extend(usage.take());
                }
                usage = None;
                depth += 1;
            }
            END_COLLECTION => {
                depth = depth.saturating_sub(1);
                usage = None;
            }
            _ => {}
        }
        rest = &tail[size..];
    }
    found
}

fn low_word(data: &[u8]) -> u16 {
    let byte = |at: usize| data.get(at).copied().unwrap_or(0);
    u16::from_le_bytes([byte(0), byte(1)])
}

#[cfg(test)]
mod tests {
    use super::usages;

    #[test]
    fn a_vendor_page_is_read() {
        // Usage Page (0xff00), Usage (1), Collection, …, End Collection.
        let descriptor = [0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01, 0x15, 0x00, 0xc0];
        assert_eq!(usages(&descriptor), [(0xff00, 1)]);
    }

    #[test]
    fn nested_collections_do_not_count_and_two_top_ones_do() {
        let mouse = [5, 1, 9, 2, 0xa1, 1, 9, 1, 0xa1, 0, 0xc0, 0xc0];
        let keyboard = [5, 1, 9, 6, 0xa1, 1, 0xc0];
        assert_eq!(usages(&[mouse.as_slice(), &keyboard].concat()), [(1, 2), (1, 6)]);
    }

    #[test]
    fn truncated_and_empty_descriptors_end() {
        assert!(usages(&[]).is_empty());
        assert!(usages(&[0x07, 0x01]).is_empty());
        assert!(usages(&[0xfe]).is_empty());
        assert!(usages(&[0xfe, 0xff, 0x00]).is_empty());
        assert!(usages(&[0xa1; 5000]).is_empty());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_end_without_a_panic(bytes: Vec<u8>) {
            proptest::prop_assert!(usages(&bytes).len() <= bytes.len());
        }
    }
}
