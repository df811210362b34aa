import ArgumentParser
import CPostgres
import CZstd
import Crypto
import NIOCore
import NIOPosix
import Subprocess
import SwiftProtobuf
import SystemPackage
import UnixSignals
import Yams
print(PQlibVersion())
