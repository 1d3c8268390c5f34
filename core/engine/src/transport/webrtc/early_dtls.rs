//! Sockets that hold a peer's early DTLS until ICE has a path.
//!
//! A browser that is to speak first sends its ClientHello as soon as one of its checks has succeeded. The stack drops everything but STUN
//! until it has selected a pair itself, so that hello would be lost and repeated 50 ms later or more. These sockets keep
//! such datagrams (first byte 20 to 63, RFC 7983 §7) and hand them over once ICE is connected.

use std::collections::VecDeque;
use std::future::Future;
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, RecvMeta, Runtime, TokioRuntime,
    Transmit,
};

/// A flight of a handshake is a few datagrams; a peer that sends more before ICE is connected sends them in vain.
const MAX_HELD_DATAGRAMS: usize = 16;

/// Whether ICE has selected a path, shared between a connection and its sockets.
#[derive(Debug, Default)]
pub(super) struct PathGate {
    open: AtomicBool,
    waiting: Mutex<Vec<Waker>>,
}

impl PathGate {
    /// ICE is connected: what was held may go on.
    pub(super) fn open(&self) {
        if !self.open.swap(true, Ordering::SeqCst) {
            let wakers = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
            wakers.into_iter().for_each(Waker::wake);
        }
    }

    fn is_open(&self) -> bool {
        self.open.load(Ordering::SeqCst)
    }

    fn wake_when_open(&self, waker: &Waker) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if !waiting.iter().any(|known| known.will_wake(waker)) {
            waiting.push(waker.clone());
        }
    }
}

/// Tokio's runtime with gated sockets. One for each connection.
#[derive(Debug)]
pub(super) struct GatedRuntime {
    gate: Arc<PathGate>,
}

impl GatedRuntime {
    pub(super) fn new(gate: Arc<PathGate>) -> Self {
        Self { gate }
    }
}

impl Runtime for GatedRuntime {
    fn spawn(&self, future: Pin<Box<dyn Future<Output = ()> + Send>>) -> Box<dyn JoinHandle> {
        TokioRuntime.spawn(future)
    }

    fn wrap_udp_socket(&self, socket: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        let inner = TokioRuntime.wrap_udp_socket(socket)?;
        Ok(Arc::new(GatedSocket {
            inner,
            gate: Arc::clone(&self.gate),
            held: Mutex::default(),
        }))
    }

    fn wrap_tcp_listener(&self, listener: std::net::TcpListener) -> io::Result<Arc<dyn AsyncTcpListener>> {
        TokioRuntime.wrap_tcp_listener(listener)
    }

    fn connect_tcp<'a>(
        &'a self,
        remote_addr: SocketAddr,
    ) -> Pin<Box<dyn Future<Output = io::Result<Arc<dyn AsyncTcpStream>>> + Send + 'a>> {
        TokioRuntime.connect_tcp(remote_addr)
    }

    fn resolve_host<'a>(
        &'a self,
        host: &'a str,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'a>> {
        TokioRuntime.resolve_host(host)
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        TokioRuntime.sleep(duration)
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        TokioRuntime.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        TokioRuntime.block_on(future);
    }
}

#[derive(Debug)]
struct GatedSocket {
    inner: Arc<dyn AsyncUdpSocket>,
    gate: Arc<PathGate>,
    held: Mutex<VecDeque<(Vec<u8>, RecvMeta)>>,
}

impl GatedSocket {
    /// Moves held datagrams into the caller's buffers; how many.
    fn release(&self, bufs: &mut [IoSliceMut<'_>], meta: &mut [RecvMeta]) -> usize {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let mut count = 0;
        while count < bufs.len().min(meta.len()) {
            let Some((datagram, original)) = held.pop_front() else {
                break;
            };
            bufs[count][..datagram.len()].copy_from_slice(&datagram);
            meta[count] = original;
            count += 1;
        }
        count
    }

    /// Takes early DTLS out of what was just received; how many messages remain.
    fn hold(&self, received: usize, bufs: &mut [IoSliceMut<'_>], meta: &mut [RecvMeta]) -> usize {
        let mut kept = 0;
        for index in 0..received {
            let length = meta[index].len;
            if is_dtls(&bufs[index][..length]) {
                let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
                if held.len() < MAX_HELD_DATAGRAMS {
                    held.push_back((bufs[index][..length].to_vec(), meta[index]));
                }
                continue;
            }
            if kept != index {
                let (front, back) = bufs.split_at_mut(index);
                front[kept][..length].copy_from_slice(&back[0][..length]);
                meta[kept] = meta[index];
            }
            kept += 1;
        }
        kept
    }
}

fn is_dtls(datagram: &[u8]) -> bool {
    datagram.first().is_some_and(|first| (20..=63).contains(first))
}

impl AsyncUdpSocket for GatedSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    fn max_gso_segments(&self) -> usize {
        self.inner.max_gso_segments()
    }

    fn max_gro_segments(&self) -> usize {
        self.inner.max_gro_segments()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        self.inner.poll_send(cx, transmit)
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        loop {
            if self.gate.is_open() {
                let released = self.release(bufs, meta);
                if released > 0 {
                    return Poll::Ready(Ok(released));
                }
                return self.inner.poll_recv(cx, bufs, meta);
            }
            self.gate.wake_when_open(cx.waker());
            let received = match self.inner.poll_recv(cx, bufs, meta) {
                Poll::Ready(Ok(received)) => received,
                other @ (Poll::Ready(Err(_)) | Poll::Pending) => return other,
            };
            let kept = self.hold(received, bufs, meta);
            if kept > 0 {
                return Poll::Ready(Ok(kept));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn receive(socket: &Arc<dyn AsyncUdpSocket>) -> Vec<u8> {
        let mut buffer = vec![0; 2_000];
        let mut meta = [RecvMeta::default()];
        let length = std::future::poll_fn(|cx| {
            let mut bufs = [IoSliceMut::new(&mut buffer)];
            socket
                .poll_recv(cx, &mut bufs, &mut meta)
                .map(|result| result.map(|_| meta[0].len))
        })
        .await
        .unwrap();
        buffer[..length].to_vec()
    }

    #[tokio::test]
    async fn dtls_waits_for_the_path_and_stun_does_not() {
        let gate = Arc::new(PathGate::default());
        let runtime = GatedRuntime::new(Arc::clone(&gate));
        let socket = runtime
            .wrap_udp_socket(std::net::UdpSocket::bind("127.0.0.1:0").unwrap())
            .unwrap();
        let peer = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        peer.send_to(&[22, 254, 253, 1], address).unwrap();
        peer.send_to(&[0, 1, 0, 0], address).unwrap();
        assert_eq!(receive(&socket).await, [0, 1, 0, 0]);

        let waiting = tokio::spawn({
            let socket = Arc::clone(&socket);
            async move { receive(&socket).await }
        });
        tokio::task::yield_now().await;
        gate.open();
        assert_eq!(waiting.await.unwrap(), [22, 254, 253, 1]);
        peer.send_to(&[23, 1], address).unwrap();
        assert_eq!(receive(&socket).await, [23, 1]);
    }
}
