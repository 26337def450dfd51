import NIOCore
import RoostCore
import Synchronization

// The closures of the standard calls rethrow untyped errors; these keep `Problem`.

extension ByteBuffer {
  func withUnsafeReadableBytesTyped<R>(
    _ body: (UnsafeRawBufferPointer) throws(Problem) -> R
  ) throws(Problem) -> R {
    let result: Result<R, Problem> = withUnsafeReadableBytes { bytes in
      do throws(Problem) { return .success(try body(bytes)) } catch { return .failure(error) }
    }
    return try result.get()
  }
}

extension [UInt8] {
  func withUnsafeBytesTyped<R>(_ body: (UnsafeRawBufferPointer) throws(Problem) -> R) throws(Problem) -> R {
    let result: Result<R, Problem> = withUnsafeBytes { bytes in
      do throws(Problem) { return .success(try body(bytes)) } catch { return .failure(error) }
    }
    return try result.get()
  }
}

/// A value of its own for each event loop, made at first use and touched only on that loop.
final class NIOLoopLocals<Value: AnyObject>: Sendable {
  private let boxes = Mutex<[ObjectIdentifier: NIOLoopBoundBox<Value>]>([:])
  private let make: @Sendable () -> Value

  init(_ make: @escaping @Sendable () -> Value) { self.make = make }

  func value(on eventLoop: any EventLoop) -> Value {
    let known = boxes.withLock { boxes in boxes[ObjectIdentifier(eventLoop)] }
    if let known { return known.value }
    let box = NIOLoopBoundBox(make(), eventLoop: eventLoop)
    boxes.withLock { boxes in boxes[ObjectIdentifier(eventLoop)] = box }
    return box.value
  }
}
