import Delivery
import Engine
import Events
import History
import Journeys
import Logging
import Profiles
import RoostCore
import Storage

/// All state of one owner of buckets, and the only code that changes it. Lives on the committer's thread; whoever else
/// wants something sends a closure there (`Node.perform`).
///
/// The rule: gather inputs → fetch states → decide (`Engine`) → append inputs and effects as one durable group → answer
/// and act. States in memory and in the store are a cache of the log.
package final class Partition {
  let log: any Log
  let store: any StateStore
  let directory: String
  let keys: KeyRing
  let metrics: Metrics
  let logger: Logger
  /// Secret of this installation: keys the identity index.
  let indexSeed: UInt64
  /// Secret of this installation: salts tombstones and derives workspace keys.
  let salt: [UInt8]
  let limits: PartitionLimits
  let zones: ZoneTable

  var table = PersonTable()
  var index = IdentityIndex()
  var due = DueQueue()
  var definitions = DefinitionSet()
  var symbols: [WorkspaceID: SymbolTable] = [:]
  /// How many names of a workspace the log has.
  var durableNames: [WorkspaceID: Int] = [:]
  var compiled: [WorkspaceID: Engine] = [:] {
    didSet { lastEngine = nil }
  }
  var lastEngine: Engine?
  var histories: [WorkspaceID: HistoryStore] = [:]
  var counts = CountsByWorkspace()
  var tombstones = Tombstones()
  /// The last number of a refused event, or of a text message of which parts have come.
  var quarantineNumber: UInt64 = 0
  var texts = HeldTexts()
  var outbox = Outbox()
  /// How each channel is doing, and from which lane claiming goes on.
  var paces: [ChannelRef: ChannelPace] = [:]
  var laneTurn = 0
  /// The pace of journeys that have a rate, and whose turn comes when.
  var journeyPaces: [JourneyRef: (rate: SendRate, bucket: TokenBucket)] = [:]
  var domainPaces: [DomainRef: (perSecond: Double, bucket: TokenBucket)] = [:]
  var turns: [IntentID: Instant] = [:]
  /// Compiled templates of messages under way.
  var templateCache: [TemplateRef: CompiledTemplate] = [:]
  /// Broadcasts that have something to do, by workspace, and how far each has come.
  var activeBroadcasts: [WorkspaceID: [ActiveBroadcast]] = [:]
  var walks: [JourneyRef: BroadcastWalk] = [:]
  /// The pace at which people get their turn, of broadcasts that have a rate.
  var broadcastPaces: [JourneyRef: (rate: SendRate, bucket: TokenBucket)] = [:]
  /// Messages that are kept back, since their broadcast is paused.
  var parked: [JourneyRef: Set<IntentID>] = [:]
  /// Broadcasts' messages that the commit under construction brings elsewhere.
  var tallyMoves = TallyMoves()
  /// Tells whoever hands messages over that there is something to do.
  var wakeDelivery: (() -> Void)?
  /// Checks what only a channel itself knows: its address and sender.
  var channelCheck: ((ChannelDefinition) throws(Problem) -> Void)?
  /// Seals and opens channels' credentials.
  let secretBox: SecretBox
  /// What makes links that lead back here; `nil` where nobody would answer them.
  var links: (@Sendable () -> LetterLinks?)?
  /// Rewrites files without the payloads of erased people, elsewhere.
  var erasures: ((ErasedPeople) -> Void)?
  /// Makes the store durable, elsewhere.
  var storeSync: (() -> Void)?
  let isSandbox: Bool
  /// People still to be brought up to a change of segments, by workspace.
  var fills: [WorkspaceID: FillRun] = [:]
  var audit: [WorkspaceID: [AuditEntry]] = [:]
  /// Imports of products under way, by their ids.
  var catalogImports: [String: CatalogImport] = [:]
  /// The pools that were asked for codes, and what is at hand of each.
  var voucherPools: [VoucherPoolRef: VoucherPoolState] = [:]
  /// Codes given in the commit under construction; those of commits that are in the group already.
  var newVouchers: [GivenVoucher] = []
  var pendingVouchers: [GivenVoucher] = []
  /// Who asked for what is being done just now; `nil` where nobody did.
  var author: Author?

  var clock: EngineClock
  /// The last commit's number and time.
  /// The last day on which it was asked what people are like.
  var activityDay = Int64.min
  var commit: UInt64 = 0
  var lastNow = Instant(milliseconds: 0)
  var random: SeededRandom

  /// The group under construction and what it will cause once it is durable.
  var group = RecordGroup(capacityBytes: 1 << 20)
  /// How many records the group had when the present commit began.
  var commitStart = 0
  var isGathering = false
  var sequences: [UInt64] = Array(repeating: 0, count: Partition.systemBucket + 1)
  var pendingHistory: [HistoryAppend] = []
  var pendingMessages: [MessageRecord] = []
  /// Merged people with messages.
  var pendingMoves: [MessageMove] = []
  /// Devices that became somebody else's, to be taken from those who had them.
  var deviceLosses: [DeviceLoss] = []
  var stepEffects = PersonEffects()
  /// The person being handled, kept for its memory: lists and buffers go from one to the next.
  var handled = PersonState(workspace: WorkspaceID(0), id: PersonID(0), createdAt: Instant(milliseconds: 0))
  var stateBuffer = StateBuffer()
  /// What was read ahead, kept so that the reading is not for nothing in the compiler's eyes.
  var touchSum: UInt8 = 0
  /// Where the person being handled waited before.
  var waitingBefore: [WorkspaceCounts.StepKey] = []
  var scratch: [UInt8] = []
  var faults = FaultPlan()
  var checkpointing: CheckpointRun?
  var checkpointPositions: [CheckpointPosition] = []
  var bytesSinceCheckpoint = 0
  /// Set when the log can no longer be written: everything is refused until a restart.
  var failure: Problem?

  /// The bucket of what belongs to no person: definitions, names, quarantine.
  static let systemBucket = Bucket.count

  struct HistoryAppend {
    enum What {
      case event(PersonID, Range<Int>)
      case redirect(from: PersonID, to: PersonID)
      case erase(PersonID)
      case cut
    }
    var workspace: WorkspaceID
    var what: What
    var commit: UInt64
  }

  struct MessageMove {
    var workspace: WorkspaceID
    var source: PersonID
    var target: PersonID
  }

  init(
    log: any Log, store: any StateStore, directory: String, keys: KeyRing, metrics: Metrics, logger: Logger,
    secrets: Secrets, limits: PartitionLimits, clock: EngineClock, zones: ZoneTable
  ) {
    self.log = log
    self.store = store
    self.directory = directory
    self.keys = keys
    self.metrics = metrics
    self.logger = logger
    indexSeed = secrets.indexSeed
    salt = secrets.salt
    secretBox = secrets.box
    self.limits = limits
    self.zones = zones
    self.clock = clock
    if case .sandbox = clock { isSandbox = true } else { isSandbox = false }
    random = SeededRandom(seed: secrets.indexSeed ^ UInt64(bitPattern: wallClock().milliseconds))
  }

  /// The engine's time.
  package func now() -> Instant { clock.now(notBefore: lastNow) }
}

/// How much of everything.
public struct PartitionLimits: Sendable {
  /// States kept in memory.
  public var stateBytesMax = 256 << 20
  /// How many people are looked at between two batches for states to be evicted.
  public var evictionStepsMax = 50_000
  /// A checkpoint begins after this much log…
  public var checkpointBytes = 160 << 20
  /// …and moves so many people between two batches.
  public var checkpointPeoplePerStep = 4_000
  /// Events handled in one commit.
  public var eventsPerCommit = 8_192
  /// Wake-ups handled in one commit.
  public var wakeupsPerCommit = 4_096
  /// Records of the log's tail whose people are fetched and handled together at start; 1: one record after another.
  public var replayedTogether = 256
  /// People filled from history in one commit.
  public var fillsPerCommit = 512

  /// The longest that a message waits for its next hand-off, unless whoever takes it asks for more time.
  public var retryDelayMax = TimeSpan.hours(8)

  /// How much of simulated time's commits shares one durable write.
  public var gatheredBytesMax = 1 << 20

  public init() {}
}
