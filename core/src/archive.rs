//! Reading and writing rkyv archives, the one way it is done here: checked, and with a bound on
//! the depth, because pointers nested without end would overflow the stack.

use std::num::NonZeroUsize;

use rkyv::api::high::{HighDeserializer, HighSerializer, HighValidator};
use rkyv::bytecheck::CheckBytes;
use rkyv::rancor::{BoxedError, Strategy};
use rkyv::ser::allocator::ArenaHandle;
use rkyv::util::AlignedVec;
use rkyv::validation::Validator;
use rkyv::validation::archive::ArchiveValidator;
use rkyv::validation::shared::SharedValidator;
use rkyv::{Archive, Deserialize, Serialize};

use crate::limits::ARCHIVE_DEPTH_MAX;

/// Writes a value.
pub(crate) fn encode<T>(value: &T) -> AlignedVec
where
    T: for<'a> Serialize<HighSerializer<AlignedVec, ArenaHandle<'a>, BoxedError>>,
{
    rkyv::to_bytes::<BoxedError>(value).expect("writing to memory fails only when memory does")
}

/// Reads a value from bytes that may be anything.
///
/// # Errors
///
/// What the check found, as text.
pub(crate) fn decode<T>(bytes: &[u8]) -> Result<T, String>
where
    T: Archive,
    T::Archived: for<'a> CheckBytes<HighValidator<'a, BoxedError>>
        + Deserialize<T, HighDeserializer<BoxedError>>,
{
    let mut validator = Validator::new(
        ArchiveValidator::with_max_depth(bytes, NonZeroUsize::new(ARCHIVE_DEPTH_MAX)),
        SharedValidator::new(),
    );
    let archived = rkyv::api::access_with_context::<
        T::Archived,
        Validator<ArchiveValidator<'_>, SharedValidator>,
        BoxedError,
    >(bytes, &mut validator)
    .map_err(|error: BoxedError| error.to_string())?;
    let mut pool = rkyv::de::Pool::new();
    archived
        .deserialize(Strategy::<_, BoxedError>::wrap(&mut pool))
        .map_err(|error: BoxedError| error.to_string())
}
