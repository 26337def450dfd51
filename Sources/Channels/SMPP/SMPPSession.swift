import RoostCore

/// The client's side of an SMPP conversation, as a pure state machine: each event is a call that returns what to do.
///
/// The caller owns the socket and the clock (`now`: milliseconds that only go forward), and calls `tick` at
/// `deadline`.
struct SMPPSession: Sendable {
  enum Action: Equatable {
    case send(SMPPPDU)
    /// Messages may be submitted.
    case bound
    /// The message's outcome.
    case finished(Int, TransportOutcome)
    /// Nothing of the message was sent: another connection may take it.
    case returned(Int)
    /// The centre brought something: say with `answered` whether it is kept.
    case inbound(SMPPMessage, command: UInt32, sequence: UInt32)
    /// Close the connection; all messages have their outcomes.
    case close(SMPPFailure)
  }

  enum State: Equatable { case initial, binding, bound, unbinding, closed }

  struct Unanswered {
    var job: Int
    var part: Int
    var deadline: Int64
  }

  let configuration: SMPPConfiguration
  let role: SMPPRole
  private(set) var state = State.initial
  private(set) var systemID = ""
  var jobs: [Int: SMPPJob] = [:]
  /// Parts to be sent, in their order.
  var ready: [(job: Int, part: Int)] = []
  /// Parts that were put off one by one.
  var delayed: [(job: Int, part: Int, at: Int64)] = []
  var unanswered: [UInt32: Unanswered] = [:]
  /// The sequence numbers of `unanswered` as they were sent; some were answered since.
  var order: [UInt32] = []
  var throttle = SMPPThrottle()
  var pace: SMPPPace
  private var lastSequence: UInt32 = 0
  private var heardAt: Int64 = 0
  /// When the answer to bind, unbind or enquire_link has to be there.
  private var answerBy: Int64?
  private var inboundCount = 0

  /// What the centre brings and nobody has dealt with yet.
  private static let inboundMax = 100

  init(configuration: SMPPConfiguration, role: SMPPRole) {
    self.configuration = configuration
    self.role = role
    pace = SMPPPace(perSecond: configuration.partsPerSecond.map { $0 / Double(max(1, configuration.connectionsMax)) })
  }

  var isClosed: Bool { state == .closed }

  /// The connection stands.
  mutating func connected(now: Int64) -> [Action] {
    state = .binding
    heardAt = now
    answerBy = now + configuration.timeout.milliseconds
    let credentials = configuration.server.credentials
    return [
      request(
        role.command,
        .bind(
          SMPPBind(
            systemID: credentials?.user ?? "", password: credentials?.password ?? "",
            systemType: configuration.systemType, addressRange: configuration.addressRange)))
    ]
  }

  /// Takes a message; `id` is the caller's.
  mutating func submit(_ id: Int, _ parts: [SMPPMessage], now: Int64) -> [Action] {
    guard state == .bound, role.sends, !parts.isEmpty else { return [.returned(id)] }
    jobs[id] = SMPPJob(parts: parts)
    ready.append((id, 0))
    return pump(now)
  }

  mutating func received(_ pdu: SMPPPDU, now: Int64) -> [Action] {
    heardAt = now
    guard state != .closed else { return [] }
    switch SMPPCommand(rawValue: pdu.command) {
    case .enquireLink: return [.send(SMPPPDU(.enquireLinkResp, sequence: pdu.sequence))]
    case .enquireLinkResp:
      if state == .bound { answerBy = nil }
      return []
    case .bindReceiverResp, .bindTransmitterResp, .bindTransceiverResp: return bindAnswered(pdu)
    case .submitSMResp, .dataSMResp: return answered(pdu, now: now)
    case .genericNack: return nacked(pdu, now: now)
    case .deliverSM, .dataSM: return inbound(pdu)
    case .unbind:
      return [.send(SMPPPDU(.unbindResp, sequence: pdu.sequence))]
        + lost(SMPPFailure(.unbound, "the centre unbound the connection"))
    case .unbindResp: return lost(SMPPFailure(.shutDown, "the connection was unbound"))
    case .deliverSMResp, .outbind, .alertNotification: return []
    case .bindReceiver, .bindTransmitter, .bindTransceiver, .submitSM, nil:
      guard !pdu.isAnswer else { return [] }
      return [.send(SMPPPDU(.genericNack, status: .invalidCommand, sequence: pdu.sequence))]
    }
  }

  /// Bytes came that are no unit. One whose end is known is refused; else nothing after it can be read.
  mutating func received(mistake: SMPPMistake) -> [Action] {
    guard let sequence = mistake.sequence, let command = mistake.command else {
      return [.send(SMPPPDU(.genericNack, status: .invalidCommandLength, sequence: 0))]
        + lost(SMPPFailure(.protocolViolation, "the centre's bytes are no SMPP (\(mistake.detail))"))
    }
    if command & SMPPPDU.answerBit == 0 {
      return [.send(SMPPPDU(.genericNack, status: .invalidCommandLength, sequence: sequence))]
    }
    return lost(SMPPFailure(.protocolViolation, "an answer of the centre cannot be read (\(mistake.detail))"))
  }

  private mutating func bindAnswered(_ pdu: SMPPPDU) -> [Action] {
    guard state == .binding else { return [] }
    guard pdu.status == .ok else {
      return lost(
        SMPPFailure(
          .bindRefused(isCredentials: pdu.status.isCredentials), "the centre refused the bind: \(pdu.status)"))
    }
    state = .bound
    answerBy = nil
    if case .system(let name) = pdu.body { systemID = name }
    return [.bound]
  }

  private mutating func nacked(_ pdu: SMPPPDU, now: Int64) -> [Action] {
    if state == .binding {
      return lost(
        SMPPFailure(
          .bindRefused(isCredentials: pdu.status.isCredentials), "the centre does not know the bind: \(pdu.status)"))
    }
    if unanswered[pdu.sequence] != nil { return answered(pdu, now: now) }
    // An old centre need not know enquire_link; it is there all the same.
    if state == .bound { answerBy = nil }
    return []
  }

  private mutating func inbound(_ pdu: SMPPPDU) -> [Action] {
    guard case .message(let message) = pdu.body, state == .bound || state == .unbinding else {
      return [.send(SMPPPDU(.genericNack, status: .invalidCommand, sequence: pdu.sequence))]
    }
    guard inboundCount < Self.inboundMax else { return [.send(answer(pdu.command, pdu.sequence, isKept: false))] }
    inboundCount += 1
    return [.inbound(message, command: pdu.command, sequence: pdu.sequence)]
  }

  /// What the centre brought is kept, or is to be brought again.
  mutating func answered(_ command: UInt32, _ sequence: UInt32, isKept: Bool) -> [Action] {
    inboundCount -= 1
    return state == .closed ? [] : [.send(answer(command, sequence, isKept: isKept))]
  }

  private func answer(_ command: UInt32, _ sequence: UInt32, isKept: Bool) -> SMPPPDU {
    SMPPPDU(
      command == SMPPCommand.dataSM.rawValue ? .dataSMResp : .deliverSMResp, status: isKept ? .ok : .receiverBusy,
      sequence: sequence, body: .messageID(""))
  }

  /// Ends the conversation; messages not sent yet come back, the others wait for their answers as long as one may take.
  mutating func unbind(now: Int64) -> [Action] {
    guard state == .bound else {
      return state == .closed || state == .unbinding ? [] : lost(SMPPFailure(.shutDown, "the channel was shut down"))
    }
    state = .unbinding
    answerBy = now + configuration.timeout.milliseconds
    var actions: [Action] = []
    for (id, job) in jobs.sorted(by: { $0.key < $1.key }) where job.isUntouched {
      jobs[id] = nil
      actions.append(.returned(id))
    }
    ready.removeAll { jobs[$0.job] == nil }
    return actions + unbindWhenSettled()
  }

  /// A centre drops what it has not answered when it is unbound: everything under way is awaited first.
  mutating func unbindWhenSettled() -> [Action] {
    state == .unbinding && jobs.isEmpty ? [request(.unbind, .none)] : []
  }

  /// The connection is gone, or no use: every message gets its outcome.
  mutating func lost(_ failure: SMPPFailure) -> [Action] {
    guard state != .closed else { return [] }
    state = .closed
    var actions: [Action] = []
    for (id, var job) in jobs.sorted(by: { $0.key < $1.key }) {
      if job.isUntouched {
        actions.append(.returned(id))
        continue
      }
      while job.unanswered > 0 { job.lost("no answer came: \(failure.detail)") }
      if job.outcome == nil { job.giveUp(.unknown(detail: failure.detail)) }
      actions.append(.finished(id, job.outcome ?? .unknown(detail: failure.detail)))
    }
    jobs = [:]
    (ready, delayed, order, unanswered) = ([], [], [], [:])
    return actions + [.close(failure)]
  }

  /// When `tick` is due; `nil` if never.
  var deadline: Int64? {
    guard state != .closed, state != .initial else { return nil }
    var times: [Int64] = []
    if let answerBy { times.append(answerBy) }
    if let oldest = order.first(where: { unanswered[$0] != nil }).flatMap({ unanswered[$0] }) {
      times.append(oldest.deadline)
    }
    if state == .bound, answerBy == nil { times.append(heardAt + configuration.enquireEvery.milliseconds) }
    if let at = delayed.map(\.at).min() { times.append(at) }
    if !ready.isEmpty, unanswered.count < configuration.window { times.append(max(throttle.until, pace.next)) }
    return times.min()
  }

  /// Time has passed.
  mutating func tick(now: Int64) -> [Action] {
    guard state != .closed else { return [] }
    if let answerBy, answerBy <= now {
      switch state {
      case .unbinding: return lost(SMPPFailure(.shutDown, "the centre did not answer the goodbye"))
      case .binding: return lost(SMPPFailure(.timedOut, "the centre did not answer the bind in time"))
      default: return lost(SMPPFailure(.timedOut, "the centre does not answer any more"))
      }
    }
    var actions = expire(now)
    if state == .bound, answerBy == nil,
      heardAt + configuration.enquireEvery.milliseconds <= now || !actions.isEmpty
    {
      answerBy = now + configuration.timeout.milliseconds
      actions.append(request(.enquireLink, .none))
    }
    return actions + pump(now)
  }

  mutating func request(_ command: SMPPCommand, _ body: SMPPPDU.Body) -> Action {
    lastSequence = lastSequence == 0x7FFF_FFFF ? 1 : lastSequence + 1
    return .send(SMPPPDU(command, sequence: lastSequence, body: body))
  }
}

/// What a connection is for.
enum SMPPRole: Sendable, Equatable {
  case transceiver, transmitter, receiver

  var sends: Bool { self != .receiver }
  fileprivate var command: SMPPCommand {
    switch self {
    case .transceiver: .bindTransceiver
    case .transmitter: .bindTransmitter
    case .receiver: .bindReceiver
    }
  }
}
