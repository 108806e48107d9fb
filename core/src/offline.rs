//! What a tool does with a member's files while no member runs on them.
//!
//! Every byte is read and made by the modules that members use; nothing here has a format of its
//! own.

mod force;
mod found;
mod life;
mod log_lines;
mod summary;
mod tidy;

pub use force::{Forced, force_new_cluster};
pub use found::{Founding, found_from_snapshot};
pub use life::{Life, life};
pub use log_lines::{LogLine, LogLineKind, log_lines};
pub use summary::{KeyLine, Summary, key_lines, store_of, summarize};
pub use tidy::{owner, tidy};

#[cfg(test)]
mod tests {
    use bytes::{Bytes, BytesMut};

    use super::*;
    use crate::archive;
    use crate::command::{Command, Compact, DeleteRange, MemberInfo, Put};
    use crate::disk::{DiskImage, DiskOperation};
    use crate::id::{ClusterId, Index, MemberId, Revision, Term};
    use crate::member::{Member, MemberConfig};
    use crate::mvcc::Store;
    use crate::snapshot::{
        SavedChecksum, SavedError, SnapshotEncoder, SnapshotHeader, newest_good_marked, read_saved,
    };
    use crate::wal::{WalOptions, recover};

    /// A store in which keys were put, put again, deleted and compacted.
    fn store() -> Store {
        let mut store = Store::new();
        let put = |key: String, value: &str| {
            Command::Put(Put {
                key: key.into(),
                value: Bytes::from(value.to_owned()),
                ..Put::default()
            })
        };
        for number in 0..20 {
            store
                .apply(&put(format!("k{}", number % 7), "v"))
                .expect("put");
        }
        let delete = DeleteRange {
            key: "k3".into(),
            ..DeleteRange::default()
        };
        store.apply(&Command::DeleteRange(delete)).expect("deleted");
        let compact = Compact {
            revision: Revision(10),
            physical: false,
        };
        store.apply(&Command::Compact(compact)).expect("compacted");
        store
    }

    /// The store as a client would have saved it.
    fn saved(store: &mut Store) -> Bytes {
        let header = SnapshotHeader {
            cluster: ClusterId(9),
            index: Index(30),
            term: Term(4),
            membership: archive::encode(&Vec::<MemberInfo>::new()).into_vec().into(),
            revision: store.revision(),
            compact_revision: store.compact_revision(),
            ..SnapshotHeader::default()
        };
        let pin = store.pin();
        let (mut encoder, first) = SnapshotEncoder::begin(&header);
        let mut pieces = vec![first];
        let mut cursor = None;
        loop {
            // Small chunks: a key's versions are spread over them.
            let (chunk, next) = store
                .read_chunk(&pin, cursor.as_ref(), 100)
                .expect("pinned");
            pieces.push(encoder.chunk(&chunk.encode().expect("small")));
            cursor = next;
            if cursor.is_none() {
                break;
            }
        }
        store.unpin(pin);
        pieces.push(encoder.finish());
        let mut checksum = SavedChecksum::new();
        let mut file = BytesMut::new();
        for piece in pieces {
            checksum.add(&piece);
            file.extend_from_slice(&piece);
        }
        file.extend_from_slice(&checksum.finish());
        file.freeze()
    }

    fn founders() -> Vec<MemberInfo> {
        let founder = |id| MemberInfo {
            id: MemberId(id),
            peer_urls: vec![format!("http://127.0.0.1:{id}")],
            ..MemberInfo::default()
        };
        [33, 11, 22].map(founder).to_vec()
    }

    fn founding(own: u64, bump_revision: u64) -> Founding {
        Founding {
            own: MemberId(own),
            cluster: ClusterId(77),
            members: founders(),
            bump_revision,
        }
    }

    fn image_of(operations: Vec<DiskOperation>) -> DiskImage {
        let mut image = DiskImage::default();
        for operation in operations {
            match operation {
                DiskOperation::Append { path, bytes } => {
                    let before = image.files.remove(&path).unwrap_or_default();
                    image.files.insert(path, [before, bytes].concat().into());
                }
                DiskOperation::Rename { from, to } => {
                    let bytes = image.files.remove(&from).expect("it was written");
                    image.files.insert(to, bytes);
                }
                DiskOperation::Remove { path } => {
                    image.files.remove(&path);
                }
                _ => {}
            }
        }
        image
    }

    fn store_in(image: &DiskImage) -> Store {
        let recovered = recover(image, None, WalOptions::default()).expect("a good log");
        let newest = newest_good_marked(image, &recovered.markers);
        store_of(newest.snapshot.expect("a marked snapshot")).expect("a good store")
    }

    #[test]
    fn a_saved_store_founds_a_cluster_whose_members_start_with_it() {
        let mut store = store();
        let file = saved(&mut store);
        assert_eq!(file.len() % 512, 32);
        let hash = store.hash_kv(Revision(0)).expect("hashed");
        for own in [11, 22, 33] {
            let snapshot = read_saved(&file, false).expect("whole");
            let operations = found_from_snapshot(snapshot, &founding(own, 0)).expect("founded");
            let image = image_of(operations);
            let config = MemberConfig::new(MemberId(own), ClusterId(77), Vec::new());
            Member::start(config, &image).expect("it starts");
            let restored = store_in(&image);
            assert_eq!(restored.hash_kv(Revision(0)), Ok(hash));
            assert_eq!(owner(&image).map(|whose| whose.member), Ok(MemberId(own)));
        }
        let snapshot = read_saved(&file, false).expect("whole");
        let stranger = found_from_snapshot(snapshot, &founding(44, 0));
        assert!(stranger.is_err_and(|reason| reason.contains("not among the founders")));
    }

    #[test]
    fn a_bumped_store_forgets_and_goes_on() {
        let mut store = store();
        let file = saved(&mut store);
        let snapshot = read_saved(&file, false).expect("whole");
        let operations = found_from_snapshot(snapshot, &founding(11, 1_000)).expect("founded");
        let mut restored = store_in(&image_of(operations));
        let bumped = Revision(store.revision().0 + 1_000);
        assert_eq!(restored.revision(), bumped);
        assert_eq!(restored.compact_revision(), bumped);
        let put = Put {
            key: "new".into(),
            ..Put::default()
        };
        restored.apply(&Command::Put(put)).expect("put");
        assert_eq!(restored.revision(), Revision(bumped.0 + 1));
        // What it holds can be saved and read once more.
        let again = read_saved(&saved(&mut restored), false).expect("whole");
        let again = store_of(again).expect("good");
        assert_eq!(again.hash_kv(Revision(0)), restored.hash_kv(Revision(0)));
        let snapshot = read_saved(&file, false).expect("whole");
        assert!(found_from_snapshot(snapshot, &founding(11, u64::MAX)).is_err());
    }

    #[test]
    fn a_damaged_file_is_refused_wherever_it_is_damaged() {
        let file = saved(&mut store());
        for at in (0..file.len()).step_by(7) {
            let mut damaged = file.to_vec();
            damaged[at] ^= 0x10;
            let damaged = Bytes::from(damaged);
            let refused = read_saved(&damaged, false).expect_err("damaged");
            assert!(
                matches!(refused, SavedError::Checksum { .. }),
                "{at}: {refused}"
            );
            // Its own checksums see all but what is not of it.
            let is_in_checksum = at >= file.len() - 32;
            assert_eq!(read_saved(&damaged, true).is_ok(), is_in_checksum, "{at}");
        }
        let cut = file.slice(..100);
        assert_eq!(read_saved(&cut, false), Err(SavedError::NoChecksum));
        assert!(read_saved(&cut, true).is_err());
    }

    #[test]
    fn a_snapshot_is_summed_up() {
        let mut store = store();
        let snapshot = read_saved(&saved(&mut store), false).expect("whole");
        let summary = summarize(&snapshot).expect("good");
        assert_eq!((summary.keys, summary.revision), (6, Revision(22)));
        assert_eq!(summary.compact_revision, Revision(10));
        let lines: Result<Vec<KeyLine>, String> = key_lines(&snapshot).collect();
        let lines = lines.expect("good");
        assert_eq!(lines.len() as u64, summary.versions);
        let deleted: Vec<&KeyLine> = lines.iter().filter(|line| line.value.is_none()).collect();
        assert_eq!(deleted.len(), 1);
        assert_eq!(
            (deleted[0].key.as_ref(), deleted[0].revision),
            (&b"k3"[..], (Revision(22), 0))
        );
    }

    #[test]
    fn a_log_is_told_line_by_line_also_where_it_is_damaged() {
        let snapshot = read_saved(&saved(&mut store()), false).expect("whole");
        let image = image_of(found_from_snapshot(snapshot, &founding(11, 0)).expect("founded"));
        let told = |image: &DiskImage| -> Vec<String> {
            log_lines(image)
                .iter()
                .map(|line| line.kind.to_string())
                .collect()
        };
        assert_eq!(
            told(&image),
            [
                "member b of cluster 4d, log up to index 0",
                "add member b",
                "add member 16",
                "add member 21",
                "no vote, commit 3",
                "a snapshot up to here is durable",
            ]
        );
        let (path, bytes) = image
            .files
            .iter()
            .find(|(path, _)| path.ends_with(".wal"))
            .expect("a log");
        let with = |bytes: Vec<u8>| DiskImage {
            files: [(path.clone(), bytes.into())].into(),
        };
        let torn = told(&with(bytes[..bytes.len() - 3].to_vec()));
        assert_eq!(
            torn.last().map(String::as_str),
            Some("torn end, cut off at the next start: incomplete record")
        );
        let mut damaged = bytes.to_vec();
        damaged[20] ^= 1;
        // Later frames say that the head had been synced.
        let corrupt = told(&with(damaged));
        assert!(
            corrupt[0].contains("is corrupt at byte 0: wrong checksum"),
            "{corrupt:?}"
        );
    }

    #[test]
    fn what_lies_behind_the_newest_snapshot_is_given_back() {
        let snapshot = read_saved(&saved(&mut store()), false).expect("whole");
        let mut image = image_of(found_from_snapshot(snapshot, &founding(11, 0)).expect("founded"));
        let unfinished = "member/snap/0000000000000001-0000000000000009.snap.tmp";
        let older = "member/snap/0000000000000000-0000000000000001.snap";
        for path in [unfinished, older] {
            image.files.insert(path.to_owned(), Bytes::new());
        }
        let removed: Vec<String> = tidy(&image)
            .expect("a good log")
            .into_iter()
            .filter_map(|operation| match operation {
                DiskOperation::Remove { path } => Some(path),
                _ => None,
            })
            .collect();
        assert_eq!(removed, [unfinished, older]);
        assert!(tidy(&DiskImage::default()).is_err());
    }
}
