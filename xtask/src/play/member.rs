//! One member of the play cluster: its name, its ports, its process, its log.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};

/// Who a member is.
pub(super) struct MemberSpec {
    pub(super) name: &'static str,
    pub(super) client_port: u16,
    pub(super) peer_port: u16,
}

/// The three members, on etcd's customary ports.
pub(super) const SPECS: [MemberSpec; 3] = [
    MemberSpec {
        name: "m1",
        client_port: 2379,
        peer_port: 2380,
    },
    MemberSpec {
        name: "m2",
        client_port: 22379,
        peer_port: 22380,
    },
    MemberSpec {
        name: "m3",
        client_port: 32379,
        peer_port: 32380,
    },
];

/// What a member prints when clients may come; etcd's words.
const READY_LINE: &str = "ready to serve client requests";

/// How many of its last words are shown when a member ends.
const LAST_LINES: usize = 15;

impl MemberSpec {
    pub(super) fn client_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.client_port)
    }

    pub(super) fn peer_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.peer_port)
    }
}

/// A member that was started.
pub(super) struct Member {
    pub(super) spec: &'static MemberSpec,
    log: PathBuf,
    command_line: String,
    process: Child,
}

impl Member {
    /// Starts the server with its output going to `FOLDER/NAME.log` (begun anew).
    ///
    /// It gets a process group of its own: Ctrl-C at the terminal reaches this command alone,
    /// which then stops the members one after the other.
    pub(super) fn start(
        spec: &'static MemberSpec,
        program: &Path,
        folder: &Path,
        dist: &Path,
    ) -> Result<Member> {
        let arguments = arguments(spec, folder, dist);
        let log = folder.join(spec.name).with_extension("log");
        let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let process = Command::new(program)
            .args(&arguments)
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let command_line = format!("{} {}", program.display(), arguments.join(" "));
        Ok(Member {
            spec,
            log,
            command_line,
            process,
        })
    }

    /// The process, for a person who wants to kill it.
    pub(super) fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// The command line that starts this member again.
    pub(super) fn command_line(&self) -> &str {
        &self.command_line
    }

    /// Whether it has printed the ready line.
    pub(super) fn says_ready(&self) -> bool {
        fs::read_to_string(&self.log).is_ok_and(|text| text.contains(READY_LINE))
    }

    /// How it ended, when it has.
    pub(super) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.process.try_wait()?)
    }

    /// The last lines of its log, indented, with the name of the file.
    pub(super) fn last_words(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        let last = &lines[lines.len().saturating_sub(LAST_LINES)..];
        let shown: String = last.iter().map(|line| format!("    {line}\n")).collect();
        format!("  the end of {}:\n{shown}", self.log.display())
    }

    /// Asks it to stop (SIGTERM); one that has ended already needs no asking.
    pub(super) fn ask_to_stop(&self) {
        if let Some(id) = i32::try_from(self.process.id())
            .ok()
            .and_then(Pid::from_raw)
        {
            kill_process(id, Signal::TERM).ok();
        }
    }

    /// Ends it without asking (SIGKILL) and takes its exit status from the system.
    pub(super) fn kill(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// etcd's flags for a static bootstrap of the three, and where the page lies.
fn arguments(spec: &MemberSpec, folder: &Path, dist: &Path) -> Vec<String> {
    let cluster: Vec<_> = SPECS
        .iter()
        .map(|spec| format!("{}={}", spec.name, spec.peer_url()))
        .collect();
    let pairs = [
        ("--name", spec.name.to_owned()),
        ("--data-dir", folder.join(spec.name).display().to_string()),
        ("--listen-client-urls", spec.client_url()),
        ("--advertise-client-urls", spec.client_url()),
        ("--listen-peer-urls", spec.peer_url()),
        ("--initial-advertise-peer-urls", spec.peer_url()),
        ("--initial-cluster-token", "quorate-play".to_owned()),
        ("--initial-cluster", cluster.join(",")),
        ("--initial-cluster-state", "new".to_owned()),
        ("--playground-dir", dist.display().to_string()),
        ("--log-outputs", "stderr".to_owned()),
    ];
    pairs
        .into_iter()
        .flat_map(|(flag, value)| [flag.to_owned(), value])
        .collect()
}
