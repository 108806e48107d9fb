//! rkyv archives from untrusted bytes: checked, with a bound on their depth.
//!
//! The check (bytecheck) is memory safety, not integrity: it accepts most bit flips. Whoever
//! calls this has compared a checksum first.

use std::num::NonZeroUsize;

use rkyv::api::high::{HighDeserializer, HighSerializer, HighValidator};
use rkyv::bytecheck::CheckBytes;
use rkyv::rancor::BoxedError;
use rkyv::ser::allocator::ArenaHandle;
use rkyv::util::AlignedVec;
use rkyv::validation::Validator;
use rkyv::validation::archive::ArchiveValidator;
use rkyv::validation::shared::SharedValidator;
use rkyv::{Archive, Deserialize, Portable, Serialize};

use crate::limits::ARCHIVE_DEPTH_MAX;

/// A value's archive.
pub(crate) fn encode<T>(value: &T) -> AlignedVec
where
    T: for<'a> Serialize<HighSerializer<AlignedVec, ArenaHandle<'a>, BoxedError>>,
{
    rkyv::to_bytes(value).expect("writing plain data to memory has no way to fail")
}

/// Checks an archive and makes a value of it; what was wrong, in words, when it is refused.
pub(crate) fn decode<T>(bytes: &[u8]) -> Result<T, String>
where
    T: Archive,
    T::Archived: Portable
        + for<'a> CheckBytes<HighValidator<'a, BoxedError>>
        + Deserialize<T, HighDeserializer<BoxedError>>,
{
    let depth = NonZeroUsize::new(ARCHIVE_DEPTH_MAX);
    let mut validator = Validator::new(
        ArchiveValidator::with_max_depth(bytes, depth),
        SharedValidator::new(),
    );
    let archived =
        rkyv::api::access_with_context::<T::Archived, _, BoxedError>(bytes, &mut validator)
            .map_err(|error| error.to_string())?;
    rkyv::deserialize::<T, BoxedError>(archived).map_err(|error| error.to_string())
}
