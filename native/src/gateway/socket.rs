//! Streams over a WebSocket: each message of the client's is a request, each line of the answer a
//! message. Browsers can hold no other stream in both directions.

use futures_util::{SinkExt, StreamExt};
use http::{HeaderMap, Method, Request, Response, Uri, header};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use tokio::sync::oneshot;
use tonic::Status;
use tonic::body::Body;
use tower::Service;
use warp::Filter;
use warp::ws::{Message, WebSocket, Ws};

use super::Gateway;

/// Whether a client wants to speak in this way.
pub(super) fn is_wanted(headers: &HeaderMap) -> bool {
    headers
        .get(header::UPGRADE)
        .is_some_and(|protocol| protocol.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Begins a socket, or says why not.
pub(super) async fn answer(gateway: Gateway, request: Request<Incoming>) -> Response<Body> {
    let asked = (request.uri().clone(), request.headers().clone());
    let filter = warp::ws().map(move |socket: Ws| {
        let (gateway, (uri, headers)) = (gateway.clone(), asked.clone());
        socket.on_upgrade(move |socket| speak(socket, gateway, uri, headers))
    });
    match warp::service(filter).call(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}

async fn speak(socket: WebSocket, gateway: Gateway, uri: Uri, headers: HeaderMap) {
    let (mut to_client, from_client) = socket.split();
    // Held by the stream of requests: gone when the client has hung up, or is listened to no more.
    let (listening, hung_up) = oneshot::channel::<()>();
    let requests = from_client
        .take_while(|message| {
            let goes_on = message.as_ref().is_ok_and(|message| !message.is_close());
            std::future::ready(goes_on)
        })
        .filter_map(move |message| {
            let _held = &listening;
            let text = message.ok().filter(|message| !message.is_ping());
            let frame = text.map(|text| Frame::data(text.into_bytes()));
            std::future::ready(frame.map(Ok::<_, Status>))
        });
    let mut request = Request::new(StreamBody::new(Box::pin(requests)));
    // A socket begins with a GET, and what it carries is posted.
    *request.method_mut() = Method::POST;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    let answer = gateway.answer_plain(request);
    let talk = async {
        let mut body = answer.await.into_body();
        let mut rest = Vec::new();
        while let Some(Ok(frame)) = body.frame().await {
            let Ok(data) = frame.into_data() else {
                continue;
            };
            rest.extend_from_slice(&data);
            while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = rest.drain(..=end).collect();
                send(&mut to_client, &line[..end]).await?;
            }
        }
        if rest.is_empty() {
            Ok(())
        } else {
            send(&mut to_client, &rest).await
        }
    };
    tokio::select! {
        // A client that is not there to hear it needs no answer.
        _ = talk => {}
        () = gone(hung_up) => {}
    }
    let _ = to_client.close().await;
}

async fn gone(hung_up: oneshot::Receiver<()>) {
    // Nothing is ever sent: it ends when the other half is dropped.
    let _ = hung_up.await;
}

async fn send(
    to_client: &mut (impl SinkExt<Message, Error = warp::Error> + Unpin),
    line: &[u8],
) -> Result<(), warp::Error> {
    let text = String::from_utf8_lossy(line).into_owned();
    to_client.send(Message::text(text)).await
}
