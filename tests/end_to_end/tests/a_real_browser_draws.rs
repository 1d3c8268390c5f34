//! Drawing on the expert's page, in a real Chromium, on what the technician's simulated AR phone films.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test states what it expects"
)]

use std::path::PathBuf;

use assist_browser::{Browser, BrowserConfig};
use assist_end_to_end::{DEADLINE, TestHub, until, until_shown, within};
use assist_engine::annotations::{Colour, DrawnPoint, Interpretation, StrokeStyle, Tool, Viewport};
use assist_engine::call::Call;
use assist_engine::session::Session;
use assist_headless::camera::CameraSource;
use assist_headless::microphone::Microphone;
use assist_headless::phone::{Attendance, SimulatedPhone};
use assist_headless::preview::Preview;
use assist_protocol::call::CallState;
use assist_scene::PicturePoint;
use assist_scene::overlay::Polylines;
use serde_json::json;

fn artefact(name: &str) -> PathBuf {
    let folder = std::env::var_os("ASSIST_ARTEFACTS").map_or_else(std::env::temp_dir, PathBuf::from);
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

fn phone() -> SimulatedPhone {
    SimulatedPhone::new(CameraSource::scene(1), Microphone::tone(1)).unwrap()
}

/// A page in a call with a technician whose screen is written into the artefacts.
async fn in_call(hub: &TestHub, phone: SimulatedPhone, views: &str) -> (Browser, Session, Call, Attendance) {
    let session = hub.device("technician", "phone").await;
    let phone = phone.with_preview(Preview::new(&artefact(views)).unwrap());
    let page = Browser::start(BrowserConfig::default()).await.unwrap();
    let address = format!("{}/#key={}&account=expert", hub.hub.base_url(), hub.hub.sandbox_key());
    page.open(&address).await.unwrap();
    page.wait_for("assist.ready && document.querySelector('.join')", DEADLINE)
        .await
        .unwrap();
    page.click(".join").await.unwrap();
    let call = within(session.next_incoming()).await.unwrap();
    call.accept().unwrap();
    let attendance = phone.attend(&call);
    until(&call, CallState::Connected).await;
    page.wait_for("assist.annotate.canDraw && assist.frame", DEADLINE)
        .await
        .unwrap();
    (page, session, call, attendance)
}

/// Moves the mouse, pressed, through points of the picture (in its widths and heights).
async fn drag(page: &Browser, points: &[(f64, f64)]) {
    let area = "(() => { const { x, y, width, height } = document.getElementById('marks').getBoundingClientRect();
        const video = document.querySelector('video');
        const scale = Math.min(width / video.videoWidth, height / video.videoHeight);
        const [w, h] = [video.videoWidth * scale, video.videoHeight * scale];
        return [x + (width - w) / 2, y + (height - h) / 2, w, h]; })()";
    let area: Vec<f64> = serde_json::from_value(page.wait_for(area, DEADLINE).await.unwrap()).unwrap();
    let send = async |kind: &str, (x, y): (f64, f64), buttons: u8| {
        let event = json!({
            "type": kind, "x": area[0] + x * area[2], "y": area[1] + y * area[3], "button": "left", "buttons": buttons,
            "clickCount": 1, "pointerType": "mouse"
        });
        page.dev_tools("Input.dispatchMouseEvent", event).await.unwrap();
    };
    let (first, last) = (points[0], points[points.len() - 1]);
    send("mousePressed", first, 1).await;
    for point in points {
        send("mouseMoved", *point, 1).await;
    }
    send("mouseReleased", last, 0).await;
}

fn circle(x: f64, y: f64, radius: f64) -> Vec<(f64, f64)> {
    let angle = |step: u32| f64::from(step) / 24.0 * std::f64::consts::TAU;
    (0..=24)
        .map(|step| {
            (
                x + radius * angle(step).cos(),
                y + radius * 16.0 / 9.0 * angle(step).sin(),
            )
        })
        .collect()
}

fn lines(call: &Call) -> usize {
    let screen = Viewport::whole(1_280.0, 720.0);
    call.overlay(&screen, |overlay| Polylines::read(overlay.as_bytes()).unwrap().count())
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn draws_on_the_live_and_on_the_frozen_picture_and_takes_it_back() {
    let hub = TestHub::start().await;
    let (mut page, _session, call, attendance) = in_call(&hub, phone(), "technician-view").await;

    page.click("#tool-ink").await.unwrap();
    drag(&page, &circle(0.5, 0.5, 0.06)).await;
    until_shown(&call, |snapshot| snapshot.annotations.marks == 1).await;
    page.wait_for("assist.marksByState.shape === 1", DEADLINE)
        .await
        .unwrap();
    assert!(lines(&call) > 0);
    // It is drawn where it was drawn: on the machine, in whatever picture is shown now.
    page.wait_for(
        "assist.marks.some((mark) => mark.state === 'shape' && mark.alpha === 1)",
        DEADLINE,
    )
    .await
    .unwrap();
    page.screenshot_to(&artefact("expert-draws-live.png")).await.unwrap();

    page.click("#freeze").await.unwrap();
    page.wait_for("assist.annotate.frozen", DEADLINE).await.unwrap();
    page.click("#tool-arrow").await.unwrap();
    drag(&page, &[(0.3, 0.75), (0.35, 0.65), (0.4, 0.55)]).await;
    page.wait_for("assist.marksByState.shape === 2", DEADLINE)
        .await
        .unwrap();
    page.screenshot_to(&artefact("expert-draws-frozen.png")).await.unwrap();
    page.click("#freeze").await.unwrap();
    page.wait_for("!assist.annotate.frozen", DEADLINE).await.unwrap();

    // The technician draws too, and everybody takes back their own.
    let seen = page.wait_for("assist.frame", DEADLINE).await.unwrap();
    let capture_time_us = seen["captureUs"].as_f64().unwrap() as u64;
    let style = StrokeStyle {
        tool: Tool::Ink,
        colour: Colour::Green,
        width_per_mille: 8,
        interpretation: Interpretation::Automatic,
    };
    let points = [0.6, 0.65, 0.7].map(|x| DrawnPoint {
        capture_time_us,
        point: PicturePoint::new(x, 0.4),
    });
    let stroke = call.begin_stroke(style, &points).unwrap();
    call.finish_stroke(stroke).unwrap();
    page.wait_for("assist.marksByState.shape === 3", DEADLINE)
        .await
        .unwrap();
    page.screenshot_to(&artefact("expert-sees-the-technician-draw.png"))
        .await
        .unwrap();
    page.click("#undo").await.unwrap();
    until_shown(&call, |snapshot| snapshot.annotations.marks == 2).await;
    page.click("#undo").await.unwrap();
    until_shown(&call, |snapshot| snapshot.annotations.marks == 1).await;
    assert_eq!(call.snapshot().annotations.mine, 1);
    call.delete_my_strokes().unwrap();
    page.wait_for("assist.marksByState.shape === 0 && assist.state", DEADLINE)
        .await
        .unwrap();

    drop(attendance);
    call.hang_up().unwrap();
    assert_eq!(page.page_errors().await.unwrap(), Vec::<String>::new());
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_ar_marks_go_with_the_picture() {
    let hub = TestHub::start().await;
    let (mut page, _session, call, attendance) =
        in_call(&hub, phone().without_ar(), "technician-view-without-ar").await;
    page.click("#tool-ink").await.unwrap();
    drag(&page, &circle(0.5, 0.5, 0.06)).await;
    page.wait_for("assist.marksByState.picture === 1", DEADLINE)
        .await
        .unwrap();
    // It is seen on both screens, and moves with the hand that holds the camera.
    let place = "(() => { const mark = assist.marks.find((mark) => mark.state === 'picture' && mark.alpha === 1 && mark.isDone);
        return mark && mark.lines[0]?.[0]; })()";
    let before = page.wait_for(place, DEADLINE).await.unwrap();
    let moved = format!(
        "(() => {{ const at = {place}; return at && Math.abs(at[0] - {}) > 0.002; }})()",
        before[0]
    );
    page.wait_for(&moved, DEADLINE).await.unwrap();
    assert!(lines(&call) > 0);
    page.screenshot_to(&artefact("expert-draws-without-ar.png"))
        .await
        .unwrap();

    page.click("#freeze").await.unwrap();
    page.wait_for("assist.annotate.frozen", DEADLINE).await.unwrap();
    page.click("#tool-arrow").await.unwrap();
    drag(&page, &[(0.55, 0.6), (0.6, 0.55), (0.65, 0.5)]).await;
    page.wait_for("assist.marksByState.picture === 2", DEADLINE)
        .await
        .unwrap();
    page.click("#freeze").await.unwrap();
    page.wait_for("!assist.annotate.frozen", DEADLINE).await.unwrap();
    page.click("#undo").await.unwrap();
    page.click("#undo").await.unwrap();
    until_shown(&call, |snapshot| snapshot.annotations.marks == 0).await;
    assert_eq!(lines(&call), 0);
    drop(attendance);
    call.hang_up().unwrap();
    assert_eq!(page.page_errors().await.unwrap(), Vec::<String>::new());
    hub.hub.shutdown().await;
}
