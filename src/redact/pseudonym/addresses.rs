//! IP addresses become addresses of the same kind.

use core::net::{Ipv4Addr, Ipv6Addr};

use super::Class;
use super::prf::{Prf, Purpose};

/// Whether an IPv4 address says nothing about anybody: loopback, unspecified, broadcast,
/// registered multicast groups (224.0.0/23, SSDP), and netmasks.
pub(in crate::redact) fn v4_is_plain(address: Ipv4Addr) -> bool {
    let bits = address.to_bits();
    let netmask = bits.leading_ones() >= 8 && bits.leading_ones() + bits.trailing_zeros() >= 32;
    let [a, b, c, d] = address.octets();
    let group = (a, b) == (224, 0) && c < 2 || [a, b, c, d] == [239, 255, 255, 250];
    address.is_loopback() || address.is_unspecified() || group || netmask
}

/// The same for IPv6: loopback, unspecified, registered multicast groups. A solicited-node
/// group is none of these: it holds the end of an address (RFC 4291 section 2.7.1).
pub(in crate::redact) fn v6_is_plain(address: Ipv6Addr) -> bool {
    let octets = address.octets();
    let group = octets[0] == 0xff && octets[1] < 0x10 && octets[2..12].iter().all(|&o| o == 0);
    address.is_loopback() || address.is_unspecified() || group
}

/// Private stays private (10/8, RFC 1918), link-local and shared addresses (RFC 3927,
/// RFC 6598) stay what they are, everything else moves to the benchmark range 198.18/15
/// (RFC 2544).
pub(super) fn v4(prf: &Prf, address: Ipv4Addr, round: u8) -> Ipv4Addr {
    let random = prf.bytes(Purpose::Value, Class::Ipv4, &address.octets(), round, 4);
    let random = u32::from_be_bytes([random[0], random[1], random[2], random[3]]);
    let [a, b, ..] = address.octets();
    let (base, free) = match (a, b) {
        _ if address.is_private() => (0x0a00_0000, 24),
        (169, 254) => (0xa9fe_0000, 16),
        (100, 64..=127) => (0x6440_0000, 22),
        _ => (0xc612_0000, 17),
    };
    Ipv4Addr::from_bits(base | (random & ((1 << free) - 1)))
}

/// Unique local and link-local prefixes stay, everything else moves to the documentation
/// prefix 2001:db8::/32 (RFC 3849). The last two groups are a keyed check.
pub(super) fn v6(prf: &Prf, address: Ipv6Addr, round: u8) -> Ipv6Addr {
    if let Some(inner) = address.to_ipv4_mapped() {
        return v4(prf, inner, round).to_ipv6_mapped();
    }
    let random = prf.bytes(Purpose::Value, Class::Ipv6, &address.octets(), round, 16);
    let mut octets: [u8; 16] = std::array::from_fn(|i| random[i]);
    let [a, b, ..] = address.octets();
    match (a, b & 0xc0) {
        (0xfe, 0x80) => octets[..8].copy_from_slice(&[0xfe, 0x80, 0, 0, 0, 0, 0, 0]),
        (0xfc | 0xfd, _) => octets[0] = 0xfd,
        _ => octets[..4].copy_from_slice(&[0x20, 0x01, 0x0d, 0xb8]),
    }
    let check = v6_check(prf, &octets);
    octets[12..].copy_from_slice(&check);
    octets.into()
}

/// Whether an address is one of our own pseudonyms.
pub(super) fn v6_is_own(prf: &Prf, address: Ipv6Addr) -> bool {
    let octets = address.octets();
    octets[12..] == v6_check(prf, &octets)
}

fn v6_check(prf: &Prf, octets: &[u8; 16]) -> [u8; 4] {
    let check = prf.bytes(Purpose::Tag, Class::Ipv6, &octets[..12], 0, 4);
    [check[0], check[1], check[2], check[3]]
}
