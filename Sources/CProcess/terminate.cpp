// The end of the process where a C++ library runs out of memory or threads on a thread of its own, on
// which nobody catches the exception.
#include <cstdlib>
#include <exception>
#include <new>
#include <system_error>

#include "CProcess.h"

namespace {

[[noreturn]] void Terminate() {
  if (const auto exception = std::current_exception()) {
    try {
      std::rethrow_exception(exception);
    } catch (const std::bad_alloc&) {
      mlp_out_of_resources("out of memory");
    } catch (const std::system_error&) {
      mlp_out_of_resources("no further thread can be started");
    } catch (...) {
    }
  }
  std::abort();
}

[[maybe_unused]] const std::terminate_handler previous = std::set_terminate(Terminate);

}  // namespace
