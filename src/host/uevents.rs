//! The socket on which the kernel says what happens to devices. Listening sends nothing and
//! needs no right; waiting costs nothing.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::netlink::{self, SocketAddrNetlink};
use rustix::net::{
    AddressFamily, RecvFlags, SocketFlags, SocketType, bind, recv, socket_with, sockopt,
};

use super::uevent::{self, Uevent};

/// The kernel's own messages (1), and udev's when it is done (2): only then is the size of a
/// medium that was put in known, because nothing but udev's opening made the kernel ask.
const GROUPS: u32 = 1 | 2;

/// Room for a storm of messages. The kernel gives an ordinary user less (`rmem_max`); what
/// does not fit is made up for by reading everything once.
const ROOM: usize = 1024 * 1024;

/// The kernel's limit is 2 KB of pairs (`UEVENT_BUFFER_SIZE`); udev adds its properties.
const LONGEST: usize = 16 * 1024;

/// What the socket had.
#[derive(Debug)]
pub enum Received {
    /// Something about a USB port.
    Event(Uevent),
    /// Something else.
    Other,
    /// Messages did not fit and are lost.
    Lost,
    /// Nothing more for now.
    Nothing,
}

/// A subscription to the kernel's device events.
#[derive(Debug)]
pub struct Uevents {
    socket: OwnedFd,
}

impl Uevents {
    /// Subscribes. Messages are kept from now on.
    pub fn listen() -> io::Result<Self> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let protocol = Some(netlink::KOBJECT_UEVENT);
        let socket = socket_with(AddressFamily::NETLINK, SocketType::DGRAM, flags, protocol)?;
        // Less room than asked for is no failure.
        let _ = sockopt::set_socket_recv_buffer_size(&socket, ROOM);
        bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
        Ok(Self { socket })
    }

    /// A subscription to a socket that somebody else speaks on.
    #[cfg(test)]
    fn on(socket: OwnedFd) -> Self {
        Self { socket }
    }

    /// The next message, without waiting.
    ///
    /// Senders need not be checked: without the right to administer the network nobody may
    /// send here (`netlink_sendmsg` in the kernel), and what is believed is sysfs anyway.
    pub fn receive(&self) -> io::Result<Received> {
        let mut buffer = [0; LONGEST];
        match recv(&self.socket, &mut buffer[..], RecvFlags::DONTWAIT) {
            Ok((length, _)) => {
                let message = buffer.get(..length).unwrap_or_default();
                Ok(uevent::parse(message).map_or(Received::Other, Received::Event))
            }
            Err(Errno::NOBUFS) => Ok(Received::Lost),
            Err(Errno::AGAIN) => Ok(Received::Nothing),
            Err(Errno::INTR) => Ok(Received::Other),
            Err(error) => Err(error.into()),
        }
    }
}

impl AsFd for Uevents {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixDatagram;

    #[test]
    fn messages_come_one_by_one_and_then_nothing() {
        let (kernel, us) = UnixDatagram::pair().unwrap();
        let events = Uevents::on(us.into());
        kernel.send(b"add@/x\0ACTION=add\0DEVPATH=/d/usb1/1-1\0SUBSYSTEM=usb\0").unwrap();
        kernel.send(b"add@/x\0ACTION=add\0DEVPATH=/d/virtual/mem\0SUBSYSTEM=mem\0").unwrap();
        assert!(matches!(events.receive().unwrap(), Received::Event(e) if e.action == "add"));
        assert!(matches!(events.receive().unwrap(), Received::Other));
        assert!(matches!(events.receive().unwrap(), Received::Nothing));
    }

    #[test]
    fn anybody_may_listen() {
        assert!(matches!(
            Uevents::listen().unwrap().receive().unwrap(),
            Received::Nothing | Received::Other | Received::Event(_)
        ));
    }
}
