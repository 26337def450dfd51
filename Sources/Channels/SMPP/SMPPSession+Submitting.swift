/// Messages and their answers.
extension SMPPSession {
  /// How often a part that was put off is tried before its message is given back.
  private static let triesMax = 4
  private static let laterMilliseconds: Int64 = 5_000

  /// Sends what window, pace and the centre's patience allow.
  mutating func pump(_ now: Int64) -> [Action] {
    guard state == .bound || state == .unbinding else { return [] }
    let due = delayed.filter { $0.at <= now }
    if !due.isEmpty {
      delayed.removeAll { $0.at <= now }
      ready.insert(contentsOf: due.map { ($0.job, $0.part) }, at: 0)
    }
    var actions: [Action] = []
    var sent = 0
    while sent < ready.count, unanswered.count < configuration.window, throttle.until <= now, pace.next <= now {
      let (id, part) = ready[sent]
      sent += 1
      guard var job = jobs[id], !job.isDecided else { continue }
      job.sending(part)
      guard case .send(let pdu) = request(.submitSM, .message(job.parts[part])) else { continue }
      jobs[id] = job
      unanswered[pdu.sequence] = Unanswered(job: id, part: part, deadline: now + configuration.timeout.milliseconds)
      order.append(pdu.sequence)
      pace.sent(now)
      actions.append(.send(pdu))
    }
    ready.removeFirst(sent)
    return actions
  }

  /// A message's answer, or the refusal of its command.
  mutating func answered(_ pdu: SMPPPDU, now: Int64) -> [Action] {
    guard let waiting = unanswered.removeValue(forKey: pdu.sequence), var job = jobs[waiting.job] else { return [] }
    let first = order.firstIndex { unanswered[$0] != nil } ?? order.count
    order.removeFirst(first)
    let status = pdu.status
    switch configuration.temporaryCodes.contains(status.code) ? .later : status.verdict {
    case .taken:
      throttle.succeeded()
      var name = ""
      if case .messageID(let id) = pdu.body { name = id }
      let following = job.taken(waiting.part, id: name)
      ready.insert(contentsOf: following.map { (waiting.job, $0) }, at: 0)
    case .throttled:
      throttle.refused(now)
      job.returned()
      if throttle.isHopeless || job.tries[waiting.part] >= Self.triesMax {
        job.giveUp(.deferred(detail: "\(status)", retryAfter: throttle.pause, fault: .throttled))
      } else {
        ready.insert((waiting.job, waiting.part), at: 0)
      }
    case .later:
      job.returned()
      // Before anything was taken the courier knows best when to try again.
      if !job.hasBegun || job.tries[waiting.part] >= Self.triesMax {
        job.giveUp(.deferred(detail: "\(status)", retryAfter: nil, fault: .message))
      } else {
        delayed.append((waiting.job, waiting.part, now + Self.laterMilliseconds))
      }
    case .refused: job.refused(.rejected(detail: "\(status)"))
    case .dead: job.refused(.gone(detail: "\(status)", since: nil))
    case .unusable: job.refused(.deferred(detail: "\(status)", retryAfter: nil, fault: .channel))
    }
    jobs[waiting.job] = job
    var actions = settle(waiting.job)
    if throttle.isHopeless { actions += giveBackUntouched() }
    return actions + pump(now) + unbindWhenSettled()
  }

  /// Messages that got no answer in time; the link itself is asked afterwards.
  mutating func expire(_ now: Int64) -> [Action] {
    var actions: [Action] = []
    var looked = 0
    for sequence in order {
      guard let waiting = unanswered[sequence] else {
        looked += 1
        continue
      }
      guard waiting.deadline <= now else { break }
      looked += 1
      unanswered[sequence] = nil
      jobs[waiting.job]?.lost("the centre did not answer in time")
      actions += settle(waiting.job)
    }
    order.removeFirst(looked)
    return actions.isEmpty ? [] : actions + unbindWhenSettled()
  }

  private mutating func settle(_ id: Int) -> [Action] {
    guard let outcome = jobs[id]?.outcome else { return [] }
    jobs[id] = nil
    if case .unknown = outcome {} else if case .sent = outcome { return [.finished(id, outcome)] }
    ready.removeAll { $0.job == id }
    delayed.removeAll { $0.job == id }
    return [.finished(id, outcome)]
  }

  /// The centre has had enough for long: what was not begun waits elsewhere.
  private mutating func giveBackUntouched() -> [Action] {
    var actions: [Action] = []
    for (id, job) in jobs.sorted(by: { $0.key < $1.key }) where job.isUntouched {
      jobs[id]?.giveUp(
        .deferred(detail: "the centre throttles", retryAfter: throttle.pause, fault: .throttled))
      actions += settle(id)
    }
    return actions
  }
}
