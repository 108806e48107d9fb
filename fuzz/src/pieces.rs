//! An input taken apart into several: a length of two bytes before each piece.

/// The pieces of an input; the last one may be cut short.
pub struct Pieces<'a> {
    rest: &'a [u8],
}

impl<'a> Pieces<'a> {
    /// Of an input.
    pub fn new(input: &'a [u8]) -> Self {
        Self { rest: input }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.rest.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_le_bytes(*length)).min(rest.len());
        let (piece, rest) = rest.split_at(length);
        self.rest = rest;
        Some(piece)
    }
}

/// Adds a piece to an input that is being made; one that is too long is left out.
pub fn piece(input: &mut Vec<u8>, bytes: &[u8]) {
    if let Ok(length) = u16::try_from(bytes.len()) {
        input.extend(length.to_le_bytes());
        input.extend(bytes);
    }
}
