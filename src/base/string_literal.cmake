# Sets literal to a file as a C++ expression: a std::string_view of string literals of 16 bytes each, so
# that no line is endless.
function(read_literal file)
  file(READ ${file} hex HEX)
  string(LENGTH "${hex}" digits)
  math(EXPR bytes "${digits} / 2")
  string(REGEX REPLACE "(................................)" "\\1\n" lines "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" lines "${lines}")
  string(REGEX REPLACE "([^\n]+)" "    \"\\1\"" lines "${lines}")
  set(literal "std::string_view(\n${lines}\n    \"\", ${bytes})" PARENT_SCOPE)
endfunction()
