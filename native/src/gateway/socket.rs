//! Streams over a WebSocket: each message of the client's is a request, each line of the answer a
//! message. Browsers can hold no other stream in both directions.

use bytes::Bytes;
use futures_util::{SinkExt, Stream, StreamExt};
use http::{HeaderMap, Method, Request, Response, Uri, header};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;
use tonic::body::Body;
use tower::Service;
use warp::Filter;
use warp::ws::{Message, WebSocket, Ws};

use super::Gateway;

/// Requests of one client that wait to be read.
const REQUESTS_MAX: usize = 16;

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
        let most = gateway.request_size_bytes_max();
        let socket = socket.max_message_size(most).max_frame_size(most);
        socket.on_upgrade(move |socket| speak(socket, gateway, uri, headers))
    });
    match warp::service(filter).call(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}

async fn speak(socket: WebSocket, gateway: Gateway, uri: Uri, headers: HeaderMap) {
    let (mut to_client, from_client) = socket.split();
    let (requests, asked) = mpsc::channel(REQUESTS_MAX);
    let asked = ReceiverStream::new(asked).map(|text| Ok::<_, Status>(Frame::data(text)));
    let mut request = Request::new(StreamBody::new(asked));
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
        () = listen(from_client, requests) => {}
    }
    let _ = to_client.close().await;
}

/// Passes requests on until the client hangs up. Whoever answers may want no more of them, and
/// the client still waits for its answer.
async fn listen(
    mut from_client: impl Stream<Item = Result<Message, warp::Error>> + Unpin,
    requests: mpsc::Sender<Bytes>,
) {
    while let Some(Ok(message)) = from_client.next().await {
        if message.is_close() {
            return;
        }
        // Signs of life are none.
        if message.is_text() || message.is_binary() {
            let _ = requests.send(message.into_bytes()).await;
        }
    }
}

async fn send(
    to_client: &mut (impl SinkExt<Message, Error = warp::Error> + Unpin),
    line: &[u8],
) -> Result<(), warp::Error> {
    let text = String::from_utf8_lossy(line).into_owned();
    to_client.send(Message::text(text)).await
}
