import Events
import RoostCore
import Testing

@testable import Profiles

@Suite struct IdentifierKeyTests {
  /// Computed by OpenSSL 3: `openssl mac -macopt hexkey:000102030405060708090a0b0c0d0e0f -macopt size:16 SIPHASH`, of the
  /// bytes 0, 1, 2…; the first two are also in the authors' list of vectors.
  @Test(arguments: [
    (0, "a3817f04ba25a8e66df67214c7550293"), (1, "da87c1d86b99af44347659119b22fc45"),
    (8, "3b62a9ba6258f5610f83e264f31497b4"), (63, "5150d1772f50834a503e069a973fbd7c"),
  ])
  func sipHash(length: Int, expected: String) {
    let message = (0..<length).map { UInt8($0) }
    let (low, high) = message.withUnsafeBytes {
      sipHash128($0, key: (0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908))
    }
    var bytes: [UInt8] = []
    bytes.append(word: low)
    bytes.append(word: high)
    let text = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(text == expected)
  }

  @Test func keysDependOnEveryPart() {
    func key(_ workspace: UInt32 = 1, _ kind: IdentifierKind = .user, _ value: String = "42", _ seed: UInt64 = 7)
      -> IdentifierKey
    { IdentifierKey(workspace: WorkspaceID(workspace), kind: kind, value: value, seed: seed) }
    let keys = [key(), key(2), key(1, .email), key(1, .user, "43"), key(1, .user, "42", 8), key(1, .user, "")]
    #expect(Set(keys).count == keys.count)
    #expect(Set(keys.map(\.low)).count == keys.count)
    #expect(key() == key())
  }

  @Test func tombstonesDependOnKindValueAndSalt() {
    let keys = [
      TombstoneKey(kind: .email, value: "a@x.it", salt: (1, 2)),
      TombstoneKey(kind: .user, value: "a@x.it", salt: (1, 2)),
      TombstoneKey(kind: .email, value: "b@x.it", salt: (1, 2)),
      TombstoneKey(kind: .email, value: "a@x.it", salt: (1, 3)),
    ]
    #expect(Set(keys).count == 4)
  }

  @Test func takenPersonIDsHaveSuccessors() {
    let ids = (0..<4).map { PersonID(firstNamedBy: .user, "42", in: WorkspaceID(1), attempt: $0) }
    #expect(Set(ids).count == 4)
    #expect(ids[0] != PersonID(firstNamedBy: .user, "42", in: WorkspaceID(2)))
    #expect(ids[0] != PersonID(firstNamedBy: .anonymous, "42", in: WorkspaceID(1)))
  }
}
