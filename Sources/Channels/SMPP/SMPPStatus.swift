/// What an answer says (SMPP 3.4 5.1.3).
struct SMPPStatus: Sendable, Hashable, CustomStringConvertible {
  var code: UInt32
  init(_ code: UInt32) { self.code = code }

  static let ok = SMPPStatus(0x00)
  static let invalidCommandLength = SMPPStatus(0x02)
  static let invalidCommand = SMPPStatus(0x03)
  static let systemError = SMPPStatus(0x08)
  /// To the centre: keep the message and try again later.
  static let receiverBusy = SMPPStatus(0x64)

  /// What an answer to a message means for it.
  enum Verdict: Sendable, Equatable {
    case taken
    /// Enough for now.
    case throttled
    /// This message perhaps later.
    case later
    /// This message never.
    case refused
    /// Nothing ever to this number.
    case dead
    /// No message by this connection: it is not bound, or not allowed to send.
    case unusable
  }

  var verdict: Verdict {
    switch code {
    case 0x00: .taken
    case 0x14, 0x58: .throttled
    case 0x08, 0x45, 0x64, 0xFE, 0xFF: .later
    case 0x0B: .dead
    case 0x04, 0x05, 0x0D, 0x0E, 0x0F: .unusable
    default: .refused
    }
  }

  /// Wrong name or password: trying again soon only locks the account.
  var isCredentials: Bool { code == 0x0D || code == 0x0E || code == 0x0F }

  private static let names: [UInt32: String] = [
    0x00: "ROK", 0x01: "RINVMSGLEN", 0x02: "RINVCMDLEN", 0x03: "RINVCMDID", 0x04: "RINVBNDSTS", 0x05: "RALYBND",
    0x06: "RINVPRTFLG", 0x07: "RINVREGDLVFLG", 0x08: "RSYSERR", 0x0A: "RINVSRCADR", 0x0B: "RINVDSTADR",
    0x0C: "RINVMSGID", 0x0D: "RBINDFAIL", 0x0E: "RINVPASWD", 0x0F: "RINVSYSID", 0x11: "RCANCELFAIL",
    0x13: "RREPLACEFAIL", 0x14: "RMSGQFUL", 0x15: "RINVSERTYP", 0x33: "RINVNUMDESTS", 0x34: "RINVDLNAME",
    0x40: "RINVDESTFLAG", 0x42: "RINVSUBREP", 0x43: "RINVESMCLASS", 0x44: "RCNTSUBDL", 0x45: "RSUBMITFAIL",
    0x48: "RINVSRCTON", 0x49: "RINVSRCNPI", 0x50: "RINVDSTTON", 0x51: "RINVDSTNPI", 0x53: "RINVSYSTYP",
    0x54: "RINVREPFLAG", 0x55: "RINVNUMMSGS", 0x58: "RTHROTTLED", 0x61: "RINVSCHED", 0x62: "RINVEXPIRY",
    0x63: "RINVDFTMSGID", 0x64: "RX_T_APPN", 0x65: "RX_P_APPN", 0x66: "RX_R_APPN", 0x67: "RQUERYFAIL",
    0xC0: "RINVOPTPARSTREAM", 0xC1: "ROPTPARNOTALLWD", 0xC2: "RINVPARLEN", 0xC3: "RMISSINGOPTPARAM",
    0xC4: "RINVOPTPARAMVAL", 0xFE: "RDELIVERYFAILURE", 0xFF: "RUNKNOWNERR",
  ]

  /// `ESME_RTHROTTLED (0x58)`.
  var description: String { "\(Self.names[code].map { "ESME_\($0)" } ?? "status") (0x\(String(code, radix: 16)))" }
}
