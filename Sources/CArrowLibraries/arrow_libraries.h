// Nothing to declare: this system library only carries the compiler and linker flags of
// Arrow C++ (from mlcore-arrow.pc) to CArrow, which speaks to Arrow's C++ headers itself.
