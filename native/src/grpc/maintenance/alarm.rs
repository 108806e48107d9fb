//! `Maintenance.Alarm`: which alarms are raised; to raise one, to lower one.

use quorate_core::command::{Alarm, AlarmMember, Command, Reply, ReplyHeader};
use quorate_core::id::MemberId;
use tonic::Status;

use crate::grpc::{Api, convert, wrong_reply};
use pb::alarm_request::AlarmAction;
use quorate_api::etcdserverpb as pb;

/// Asks the member.
pub(super) async fn answer(
    api: &Api,
    request: &pb::AlarmRequest,
) -> Result<pb::AlarmResponse, Status> {
    let kind = kind(request.alarm);
    let named = |alarm| AlarmMember {
        member: MemberId(request.member_id),
        alarm,
    };
    let action = AlarmAction::try_from(request.action)
        .map_err(|_| Status::invalid_argument("quorate: no such action on alarms"))?;
    let command = match (action, kind) {
        // Of no kind there is none to raise or lower, and etcd answers so.
        (AlarmAction::Get, _) | (_, None) => Command::AlarmList,
        (AlarmAction::Activate, Some(kind)) => Command::AlarmRaise(named(kind)),
        (AlarmAction::Deactivate, Some(kind)) => Command::AlarmLower(named(kind)),
    };
    let (header, mut alarms) = ask(api, command).await?;
    match action {
        AlarmAction::Get => alarms.retain(|alarm| kind.is_none_or(|kind| kind == alarm.alarm)),
        _ if kind.is_none() => alarms.clear(),
        _ => {}
    }
    Ok(pb::AlarmResponse {
        header: convert::header(header),
        alarms: alarms.into_iter().map(shown).collect(),
    })
}

async fn ask(api: &Api, command: Command) -> Result<(ReplyHeader, Vec<AlarmMember>), Status> {
    match api.ask(command).await? {
        (header, Reply::AlarmList(alarms)) => Ok((header, alarms)),
        _ => Err(wrong_reply()),
    }
}

/// Nothing for `NONE`, which stands for all, and for a kind that is none of etcd's.
fn kind(alarm: i32) -> Option<Alarm> {
    match pb::AlarmType::try_from(alarm) {
        Ok(pb::AlarmType::Nospace) => Some(Alarm::NoSpace),
        Ok(pb::AlarmType::Corrupt) => Some(Alarm::Corrupt),
        Ok(pb::AlarmType::None) | Err(_) => None,
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
