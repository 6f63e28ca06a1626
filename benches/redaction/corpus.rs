//! A system log with planted values: a quarter of the lines hold one, every line holds the
//! host name. All values are invented.

use std::io::{self, Read};

use keycase::redact::{Class, Seed, Seeds};

/// Lines that must come out as they went in.
const PROTECTED: &str = include_str!("../../tests/redaction/protected.txt");

pub(crate) struct Corpus {
    bytes: u64,
    host: String,
    domain: String,
    users: Vec<String>,
    ipv4: Vec<String>,
    ipv6: Vec<String>,
    macs: Vec<String>,
    serials: Vec<String>,
    emails: Vec<String>,
    uuids: Vec<String>,
    labels: Vec<String>,
    tokens: Vec<String>,
}

/// xorshift64*, the same numbers in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn pick<'a>(&mut self, list: &'a [String]) -> &'a str {
        &list[self.below(list.len())]
    }

    fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(alphabet[self.below(alphabet.len())])).collect()
    }
}

const HEX: &[u8] = b"0123456789abcdef";

fn list(count: usize, mut make: impl FnMut(usize) -> String) -> Vec<String> {
    (0..count).map(&mut make).collect()
}

impl Corpus {
    pub(crate) fn new(bytes: u64) -> Self {
        let mut r = Random(0x9e37_79b9_7f4a_7c15);
        let domain = "corp.sample-works.test".to_owned();
        let names = ["lind", "okafor", "petrov", "sato"];
        Self {
            bytes,
            host: "ws-ledger-11".into(),
            users: ["t.lindqvist", "nokafor", "spetrova"].map(String::from).to_vec(),
            ipv4: list(200, |_| {
                let first = [10, 172, 192, 203][r.below(4)];
                format!("{first}.{}.{}.{}", r.below(256), r.below(256), 1 + r.below(254))
            }),
            ipv6: list(60, |_| list(8, |_| format!("{:x}", 0x1000 + r.below(0xf000))).join(":")),
            macs: list(60, |_| list(6, |_| r.text(HEX, 2)).join(":")),
            serials: list(40, |_| r.text(b"0123456789ABCDEF", 24)),
            emails: list(40, |i| {
                format!("{}.{}{i}@{domain}", r.text(b"abcdefgh", 1), names[i % 4])
            }),
            uuids: list(40, |_| {
                let [a, b, c, d, e] = [8, 4, 3, 3, 12].map(|length| r.text(HEX, length));
                format!("{a}-{b}-4{c}-9{d}-{e}")
            }),
            labels: list(10, |i| format!("LEDGER_{i}Q")),
            tokens: list(20, |_| {
                format!("tok_{}", r.text(b"abcdefghijklmnopqrstuvwxyz0123456789", 36))
            }),
            domain,
        }
    }

    /// What the machine itself would know.
    pub(crate) fn seeds(&self) -> Seeds {
        let mut secret = vec![
            Seed { value: self.host.clone(), class: Class::Host },
            Seed { value: self.domain.clone(), class: Class::Domain },
        ];
        let users = self.users.iter().map(|user| Seed { value: user.clone(), class: Class::User });
        secret.extend(users);
        let own = self.macs.iter().take(3);
        secret.extend(own.map(|mac| Seed { value: mac.clone(), class: Class::Mac }));
        Seeds { secret, keep: Vec::new() }
    }

    /// Every planted value, in lower case.
    pub(crate) fn planted(&self) -> Vec<(Class, Vec<u8>)> {
        let lists = [
            (Class::User, &self.users),
            (Class::Ipv4, &self.ipv4),
            (Class::Ipv6, &self.ipv6),
            (Class::Mac, &self.macs),
            (Class::Serial, &self.serials),
            (Class::Email, &self.emails),
            (Class::Uuid, &self.uuids),
            (Class::VolumeLabel, &self.labels),
            (Class::Token, &self.tokens),
        ];
        let one = [(Class::Host, &self.host), (Class::Domain, &self.domain)];
        let one = one.into_iter().map(|(class, value)| (class, value.to_lowercase().into_bytes()));
        let many = lists.into_iter().flat_map(|(class, values)| {
            values.iter().map(move |value| (class, value.to_lowercase().into_bytes()))
        });
        one.chain(many).collect()
    }

    /// The log, made while it is read.
    pub(crate) fn reader(&self) -> impl Read + '_ {
        let random = Random(20_240_607);
        Log { corpus: self, random, left: self.bytes, line: 0, buffer: Vec::new(), read: 0 }
    }
}

/// Every line of the protected list.
pub(crate) fn protected() -> Vec<Vec<u8>> {
    PROTECTED.lines().map(|line| line.as_bytes().to_vec()).collect()
}

struct Log<'a> {
    corpus: &'a Corpus,
    random: Random,
    left: u64,
    line: usize,
    buffer: Vec<u8>,
    read: usize,
}

impl Log<'_> {
    fn add_line(&mut self) {
        let (i, c, r) = (self.line, self.corpus, &mut self.random);
        self.line += 1;
        if i % 5000 == 0 {
            self.buffer.extend_from_slice(PROTECTED.as_bytes());
        }
        let host = &c.host;
        let head =
            format!("2024-06-0{}T{:02}:{:02}:{:02} {host} ", 1 + i % 9, i % 24, i % 60, i % 59);
        let (a, b, n) = (r.below(10), 1 + r.below(9), r.below(99_999));
        let body = match r.below(40) {
            0..8 => format!(
                "kernel: [{n}.{i:06}] usb 1-{b}: new SuperSpeed USB device number {a} using xhci_hcd"
            ),
            8..15 => format!(
                "systemd[1]: Started Session {n} of user service slice number {a} with load {b}."
            ),
            15..22 => format!(
                "kernel: [{n}.{i:06}] scsi {a}:0:0:0: Direct-Access Generic STORAGE 0001 PQ: 0 ANSI: {b}"
            ),
            22..30 => format!(
                "udisksd[{n}]: Mounted /dev/sdb{a} at a removable path on behalf of uid {b}"
            ),
            30 => format!("kernel: usb 2-1: SerialNumber: {}", r.pick(&c.serials)),
            31 => format!(
                "sshd[{n}]: Accepted publickey for {} from {} port 1{a}22 ssh2",
                r.pick(&c.users),
                r.pick(&c.ipv4)
            ),
            32 => format!(
                "NetworkManager: dhcp6 address {} on eth0 ({})",
                r.pick(&c.ipv6),
                r.pick(&c.macs)
            ),
            33 => format!(
                "app: user={} mail={} home=/home/{}/Documents",
                r.pick(&c.users),
                r.pick(&c.emails),
                r.pick(&c.users)
            ),
            34 => format!(
                "udisksd: mounted /media/{}/{} uuid {}",
                r.pick(&c.users),
                r.pick(&c.labels),
                r.pick(&c.uuids)
            ),
            35 => format!("agent: api_key={} host={host}.{}", r.pick(&c.tokens), c.domain),
            36 => format!(
                "kernel: sd 6:0:0:0: [sdb] /dev/disk/by-id/usb-Kingston_IronKey_{}-0:0",
                r.pick(&c.serials)
            ),
            37 => format!("arp: {} is-at {}", r.pick(&c.ipv4), r.pick(&c.macs)),
            38 => format!("dhclient: bound to {} -- renewal in {n} seconds.", r.pick(&c.ipv4)),
            _ => format!("rsyslogd: forwarding to {host}.{} ({})", c.domain, r.pick(&c.ipv4)),
        };
        self.buffer.extend_from_slice(head.as_bytes());
        self.buffer.extend_from_slice(body.as_bytes());
        self.buffer.push(b'\n');
    }
}

impl Read for Log<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.read == self.buffer.len() {
            self.buffer.clear();
            self.read = 0;
            while self.left > 0 && self.buffer.len() < 64 * 1024 {
                let before = self.buffer.len();
                self.add_line();
                self.left = self.left.saturating_sub((self.buffer.len() - before) as u64);
            }
        }
        let count = out.len().min(self.buffer.len() - self.read);
        out[..count].copy_from_slice(&self.buffer[self.read..self.read + count]);
        self.read += count;
        Ok(count)
    }
}
