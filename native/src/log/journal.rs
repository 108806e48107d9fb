//! systemd's journal, in its native protocol: one datagram of `KEY=value` lines for each entry.
//!
//! An entry that is too large for a datagram is written to memory that is sealed, and the datagram
//! hands that over instead of bytes.

use std::fs::File;
use std::io::{self, IoSlice, Write};
use std::mem::MaybeUninit;
use std::os::fd::AsFd;
use std::os::unix::net::UnixDatagram;
use std::path::Path;

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use rustix::io::Errno;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

use super::LogLevel;
use crate::go::io_error_text;

/// Where the journal listens.
pub(super) const SOCKET: &str = "/run/systemd/journal/socket";

/// A connection to the journal.
pub(super) struct Journal {
    socket: UnixDatagram,
    identifier: String,
}

impl Journal {
    /// Reaches the journal.
    ///
    /// # Errors
    /// There is none, in etcd's words.
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let socket = UnixDatagram::unbound()
            .and_then(|socket| socket.connect(path).map(|()| socket))
            .map_err(|error| {
                let (path, reason) = (path.display(), io_error_text(&error));
                format!("can't find journal (dial unixgram {path}: connect: {reason})")
            })?;
        Ok(Self {
            socket,
            identifier: program_name(),
        })
    }

    /// Sends one line of the log.
    pub(super) fn send(&self, level: LogLevel, caller: &str, line: &str) -> io::Result<()> {
        let package = caller.rsplit_once('/').map_or(".", |(package, _)| package);
        let mut entry = Vec::with_capacity(line.len() + 96);
        push(&mut entry, "PRIORITY", priority(level));
        push(&mut entry, "MESSAGE", line.trim_end_matches('\n'));
        push(&mut entry, "PACKAGE", package);
        push(&mut entry, "SYSLOG_IDENTIFIER", &self.identifier);
        match self.socket.send(&entry) {
            Err(error) if is_too_large(&error) => self.hand_over(&entry),
            sent => sent.map(|_| ()),
        }
    }

    fn hand_over(&self, entry: &[u8]) -> io::Result<()> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let mut memory = File::from(memfd_create("journal-entry", flags)?);
        memory.write_all(entry)?;
        // The journal takes nothing that could change while it reads.
        let all = SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE | SealFlags::SEAL;
        fcntl_add_seals(&memory, all)?;
        let files = [memory.as_fd()];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        if !ancillary.push(SendAncillaryMessage::ScmRights(&files)) {
            return Err(io::Error::other("no room for one file"));
        }
        let nothing = [IoSlice::new(&[])];
        sendmsg(&self.socket, &nothing, &mut ancillary, SendFlags::empty())?;
        Ok(())
    }
}

/// Whether the kernel takes no datagram of this size.
fn is_too_large(error: &io::Error) -> bool {
    let code = error.raw_os_error();
    [Errno::MSGSIZE, Errno::NOBUFS]
        .iter()
        .any(|errno| code == Some(errno.raw_os_error()))
}

/// Adds a field. One whose value has lines says how long it is instead of ending with the line.
fn push(entry: &mut Vec<u8>, key: &str, value: &str) {
    entry.extend_from_slice(key.as_bytes());
    if value.contains('\n') {
        entry.push(b'\n');
        entry.extend_from_slice(&(value.len() as u64).to_le_bytes());
    } else {
        entry.push(b'=');
    }
    entry.extend_from_slice(value.as_bytes());
    entry.push(b'\n');
}

/// syslog's numbers.
fn priority(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Debug => "7",
        LogLevel::Info => "6",
        LogLevel::Warn => "4",
        LogLevel::Error => "3",
        LogLevel::Panic | LogLevel::Fatal => "2",
    }
}

fn program_name() -> String {
    let path = std::env::args_os().next().unwrap_or_default();
    let name = Path::new(&path).file_name().unwrap_or(&path);
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_has_the_line_and_what_the_journal_sorts_by() {
        let folder = tempfile::tempdir().expect("a directory");
        let path = folder.path().join("socket");
        let listening = UnixDatagram::bind(&path).expect("a socket");
        let mut journal = Journal::open(&path).expect("there");
        journal.identifier = "quorate".to_owned();
        let mut buffer = [0; 1_024];
        for (line, message) in [
            (
                "{\"level\":\"warn\"}\n",
                &b"MESSAGE={\"level\":\"warn\"}\n"[..],
            ),
            ("two\nlines\n", b"MESSAGE\n\x09\0\0\0\0\0\0\0two\nlines\n"),
        ] {
            journal
                .send(LogLevel::Warn, "server/stop.rs:7", line)
                .expect("sent");
            let length = listening.recv(&mut buffer).expect("received");
            let expected = [
                b"PRIORITY=4\n",
                message,
                b"PACKAGE=server\nSYSLOG_IDENTIFIER=quorate\n",
            ]
            .concat();
            assert_eq!(
                String::from_utf8_lossy(&buffer[..length]),
                String::from_utf8_lossy(&expected)
            );
        }
    }

    #[test]
    fn an_entry_that_no_datagram_holds_is_handed_over_as_memory() {
        let folder = tempfile::tempdir().expect("a directory");
        let path = folder.path().join("socket");
        let listening = UnixDatagram::bind(&path).expect("a socket");
        let journal = Journal::open(&path).expect("there");
        let line = "x".repeat(16 * 1_024 * 1_024);
        journal
            .send(LogLevel::Info, "server/stop.rs:7", &line)
            .expect("sent");
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = rustix::net::RecvAncillaryBuffer::new(&mut space);
        let mut bytes = [0; 16];
        let received = rustix::net::recvmsg(
            &listening,
            &mut [io::IoSliceMut::new(&mut bytes)],
            &mut ancillary,
            rustix::net::RecvFlags::empty(),
        )
        .expect("a datagram");
        assert_eq!(received.bytes, 0);
        let mut files = ancillary.drain().flat_map(|message| match message {
            rustix::net::RecvAncillaryMessage::ScmRights(files) => files.collect::<Vec<_>>(),
            _ => Vec::new(),
        });
        let mut memory = File::from(files.next().expect("a file"));
        let mut entry = String::new();
        io::Seek::rewind(&mut memory).expect("memory");
        io::Read::read_to_string(&mut memory, &mut entry).expect("text");
        assert!(entry.starts_with("PRIORITY=6\nMESSAGE=xxx"));
        assert!(entry.contains(&format!("{line}\nPACKAGE=server\n")));
        assert!(memory.write_all(b"x").is_err(), "sealed");
    }

    #[test]
    fn no_journal_is_told_in_etcds_words() {
        let folder = tempfile::tempdir().expect("a directory");
        let path = folder.path().join("none");
        let error = Journal::open(&path).err().expect("none");
        assert_eq!(
            error,
            format!(
                "can't find journal (dial unixgram {}: connect: no such file or directory)",
                path.display()
            )
        );
    }
}
