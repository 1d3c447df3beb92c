//! The queue keeps its promises, whatever answers.

use std::sync::mpsc::{self, Receiver, Sender};

use super::*;
use crate::ledger::Body;
use crate::tui::message::{Failure, FailureKind};

const PATIENCE: Duration = Duration::from_secs(10);

/// Answers when it is told to, and says what it was asked.
struct Slow {
    asked: Sender<Request>,
    go: Arc<Mutex<Receiver<Reply>>>,
    stop: Sender<Reply>,
}

impl Answers for Slow {
    fn answer(&mut self, _ticket: Ticket, request: Request) -> Reply {
        self.asked.send(request).expect("the test listens");
        self.go.lock().expect("unpoisoned").recv_timeout(PATIENCE).expect("the test says go")
    }

    fn interrupter(&self) -> Option<Interrupt> {
        let stop = self.stop.clone();
        Some(Arc::new(move || {
            let stopped =
                Failure { kind: FailureKind::Stopped, message: "stopped".into(), remedy: None };
            stop.send(Reply::Failed(stopped)).expect("the worker listens");
        }))
    }

    fn late(&mut self) -> Vec<(Ticket, Reply)> {
        Vec::new()
    }

    fn changed(&mut self) -> Option<String> {
        None
    }
}

struct Bench {
    worker: Worker,
    thread: JoinHandle<()>,
    asked: Receiver<Request>,
    said: Receiver<Said>,
    go: Sender<Reply>,
}

fn bench() -> Bench {
    let (asked_in, asked) = mpsc::channel();
    let (said_in, said) = mpsc::channel();
    let (go, go_out) = mpsc::channel();
    let stop = go.clone();
    let make = move || Slow { asked: asked_in, go: Arc::new(Mutex::new(go_out)), stop };
    let (worker, thread) = Worker::spawn(make, move |said| {
        let _ = said_in.send(said);
    })
    .expect("a thread");
    Bench { worker, thread, asked, said, go }
}

impl Bench {
    fn answered(&self) -> (Ticket, Reply) {
        match self.said.recv_timeout(PATIENCE).expect("an answer") {
            Said::Reply(ticket, reply) => (ticket, reply),
            Said::Changed(news) => panic!("nothing changed: {news}"),
        }
    }
}

fn read(name: &str) -> Request {
    Request::Record { record: name.into() }
}

fn save(name: &str) -> Request {
    let (kind, draft) = (name.into(), "D".into());
    Request::Save { kind, record: None, body: Body::new(), draft }
}

fn done() -> Reply {
    Reply::Script(String::new())
}

fn name(request: &Request) -> &str {
    match request {
        Request::Record { record } => record,
        Request::Save { kind, .. } => kind,
        _ => "?",
    }
}

#[test]
fn saves_go_ahead_in_their_own_order() {
    let bench = bench();
    bench.worker.ask(Ticket(1), read("running"));
    assert_eq!(name(&bench.asked.recv_timeout(PATIENCE).expect("asked")), "running");
    for (n, request) in [read("a"), save("b"), read("c"), save("d")].into_iter().enumerate() {
        bench.worker.ask(Ticket(n as u64 + 2), request);
    }
    let mut order = Vec::new();
    for _ in 0..4 {
        bench.go.send(done()).expect("listening");
        order.push(name(&bench.asked.recv_timeout(PATIENCE).expect("asked")).to_owned());
    }
    assert_eq!(order, ["b", "d", "a", "c"]);
    bench.go.send(done()).expect("listening");
}

#[test]
fn what_nobody_waits_for_is_not_asked() {
    let bench = bench();
    bench.worker.ask(Ticket(1), read("running"));
    bench.asked.recv_timeout(PATIENCE).expect("asked");
    bench.worker.ask(Ticket(2), read("dropped"));
    bench.worker.ask(Ticket(3), save("kept"));
    bench.worker.cancel(Ticket(2));
    bench.worker.cancel(Ticket(3));
    bench.go.send(done()).expect("listening");
    assert_eq!(name(&bench.asked.recv_timeout(PATIENCE).expect("asked")), "kept");
    bench.go.send(done()).expect("listening");
    assert_eq!(bench.answered().0, Ticket(1));
    assert_eq!(bench.answered().0, Ticket(3));
}

#[test]
fn a_running_question_is_interrupted_and_a_save_never() {
    let bench = bench();
    // The interrupter is known once the first answer came.
    bench.worker.ask(Ticket(1), read("first"));
    bench.go.send(done()).expect("listening");
    bench.answered();
    bench.asked.recv_timeout(PATIENCE).expect("asked");

    bench.worker.ask(Ticket(2), read("slow"));
    bench.asked.recv_timeout(PATIENCE).expect("asked");
    bench.worker.cancel(Ticket(9));
    bench.worker.cancel(Ticket(2));
    assert!(matches!(bench.answered(), (Ticket(2), Reply::Failed(_))));

    bench.worker.ask(Ticket(3), save("slow save"));
    bench.asked.recv_timeout(PATIENCE).expect("asked");
    bench.worker.cancel(Ticket(3));
    bench.go.send(done()).expect("listening");
    assert!(matches!(bench.answered(), (Ticket(3), Reply::Script(_))));
}

#[test]
fn closing_carries_out_what_writes_and_ends() {
    let bench = bench();
    bench.worker.ask(Ticket(1), save("running"));
    bench.asked.recv_timeout(PATIENCE).expect("asked");
    bench.worker.ask(Ticket(2), read("dropped"));
    bench.worker.ask(Ticket(3), save("last"));
    bench.worker.close();
    bench.go.send(done()).expect("listening");
    bench.go.send(done()).expect("listening");
    bench.worker.settle(PATIENCE);
    assert_eq!(bench.answered().0, Ticket(1));
    assert_eq!(bench.answered().0, Ticket(3));
    bench.thread.join().expect("the thread ends");
}
