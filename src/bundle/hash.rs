//! SHA-256 of a stream.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

use crate::text::hex;

/// The SHA-256 of what is left of a stream, as 64 lowercase hex digits, and its length.
pub fn sha256(reader: &mut impl Read) -> io::Result<(String, u64)> {
    let (mut hasher, mut length) = (Sha256::new(), 0);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok((hex(&hasher.finalize()), length)),
            Ok(count) => {
                hasher.update(buffer.get(..count).unwrap_or_default());
                length += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_has_a_hash_and_a_length() {
        // FIPS 180-4's own example.
        let (hash, length) = sha256(&mut &b"abc"[..]).unwrap();
        assert_eq!(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(length, 3);
        assert_eq!(sha256(&mut io::repeat(0).take(200_000)).unwrap().1, 200_000);
    }
}
