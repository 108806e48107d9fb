//! Leases of a member from within.
