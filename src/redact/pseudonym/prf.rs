//! Bytes that only the holder of the key can compute.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::Class;
use crate::redact::Key;

/// What the bytes are for; two purposes never share bytes.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    /// The part of a pseudonym that stands for the value.
    Value,
    /// The part by which a pseudonym is known again.
    Tag,
    /// The name of the key itself.
    KeyId,
}

/// HMAC-SHA256 under the customer's key.
#[derive(Clone)]
pub(super) struct Prf(Hmac<Sha256>);

impl Prf {
    /// Prepares the key once; every use clones the prepared state.
    pub(super) fn new(key: &Key) -> Self {
        // A key of 32 bytes is always taken; the fallback keeps this total without a panic
        // and is keyed all the same.
        let mac = Hmac::<Sha256>::new_from_slice(&key.0)
            .unwrap_or_else(|_| Hmac::<Sha256>::new(&[0; 64].into()));
        Self(mac)
    }

    /// As many bytes as asked for, for one value of one class.
    pub(super) fn bytes(
        &self,
        purpose: Purpose,
        class: Class,
        value: &[u8],
        round: u8,
        count: usize,
    ) -> Vec<u8> {
        let mut out = Vec::with_capacity(count + 32);
        let mut block = 0u32;
        while out.len() < count {
            let mut mac = self.0.clone();
            mac.update(&[purpose as u8, round]);
            mac.update(&block.to_le_bytes());
            mac.update(class.name().as_bytes());
            mac.update(&[0]);
            mac.update(value);
            out.extend_from_slice(&mac.finalize().into_bytes());
            block += 1;
        }
        out.truncate(count);
        out
    }
}
