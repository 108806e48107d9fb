//! CRC-32C, the checksum of records, frames and hashes.
//!
//! A server uses the processor's instruction. The page has none, and the tables that make up for
//! it, 8 KB that do not compress, would be a fortieth of its first load: there, one of 1 KB does.

/// The checksum of some bytes.
pub(crate) fn crc32c(bytes: &[u8]) -> u32 {
    crc32c_append(0, bytes)
}

/// The checksum of what has the checksum `previous`, followed by some bytes.
#[cfg(not(any(target_family = "wasm", fuzzing)))]
pub(crate) fn crc32c_append(previous: u32, bytes: &[u8]) -> u32 {
    crc32c::crc32c_append(previous, bytes)
}

#[cfg(target_family = "wasm")]
pub(crate) use small::crc32c_append;

/// None at all: a fuzzer would not get past it, and what stands behind must not rest on it.
#[cfg(fuzzing)]
pub(crate) fn crc32c_append(_: u32, _: &[u8]) -> u32 {
    0
}

#[cfg(any(test, target_family = "wasm"))]
mod small {
    use crc::{CRC_32_ISCSI, Crc, Table};

    const CRC32C: Crc<u32, Table<1>> = Crc::<u32, Table<1>>::new(&CRC_32_ISCSI);

    /// As the one outside.
    pub(crate) fn crc32c_append(previous: u32, bytes: &[u8]) -> u32 {
        // A checksum is its register, inverted; the register is handed over highest bit first.
        let mut digest = CRC32C.digest_with_initial((!previous).reverse_bits());
        digest.update(bytes);
        digest.finalize()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_castagnoli_checksum() {
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
        assert_eq!(small::crc32c_append(0, b"123456789"), 0xe306_9283);
    }

    #[test]
    fn server_and_page_count_alike() {
        let bytes: Vec<u8> = (0..=255).cycle().take(1000).collect();
        for length in [0, 1, 7, 8, 63, 64, 999] {
            for previous in [0, 1, 0xe306_9283, u32::MAX] {
                assert_eq!(
                    crc32c_append(previous, &bytes[..length]),
                    small::crc32c_append(previous, &bytes[..length])
                );
            }
        }
    }
}
