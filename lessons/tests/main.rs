//! Every lesson holds, both ways and in both languages; and a wrong one is told what is wrong with
//! it, and where.

#![allow(clippy::unwrap_used)]

mod suite;
