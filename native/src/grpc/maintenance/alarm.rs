//! `Maintenance.Alarm`: which alarms are raised.

use quorate_core::command::{Alarm, AlarmMember, Command, Reply};
use tonic::Status;

use crate::grpc::{Api, convert, not_yet, wrong_reply};
use pb::alarm_request::AlarmAction;
use quorate_api::etcdserverpb as pb;

/// Asks the member.
pub(super) async fn answer(
    api: &Api,
    request: &pb::AlarmRequest,
) -> Result<pb::AlarmResponse, Status> {
    if request.action != AlarmAction::Get as i32 {
        return Err(not_yet("raising or disarming an alarm"));
    }
    match api.ask(Command::AlarmList).await? {
        (header, Reply::AlarmList(alarms)) => Ok(pb::AlarmResponse {
            header: convert::header(header),
            alarms: alarms
                .into_iter()
                .map(shown)
                .filter(|alarm| {
                    request.alarm == pb::AlarmType::None as i32 || request.alarm == alarm.alarm
                })
                .collect(),
        }),
        _ => Err(wrong_reply()),
    }
}

fn shown(alarm: AlarmMember) -> pb::AlarmMember {
    let kind = match alarm.alarm {
        Alarm::NoSpace => pb::AlarmType::Nospace,
        Alarm::Corrupt => pb::AlarmType::Corrupt,
    };
    pb::AlarmMember {
        member_id: alarm.member.0,
        alarm: kind as i32,
    }
}
