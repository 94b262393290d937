# Makes WORK what the tests run in: the scripts of SOURCE beside what package-lock.json names. NPM
# fetches only when that has changed. Called with cmake -P.
file(MAKE_DIRECTORY ${WORK})
file(GLOB scripts ${SOURCE}/*.js)
file(COPY ${scripts} ${SOURCE}/package.json ${SOURCE}/package-lock.json ${SOURCE}/.npmrc DESTINATION ${WORK})

file(SHA256 ${WORK}/package-lock.json wanted)
set(stamp ${WORK}/installed.txt)
set(installed "")
if(EXISTS ${stamp})
  file(READ ${stamp} installed)
endif()
if(NOT installed STREQUAL wanted)
  execute_process(COMMAND ${NPM} ci --ignore-scripts WORKING_DIRECTORY ${WORK} COMMAND_ERROR_IS_FATAL ANY)
  file(WRITE ${stamp} ${wanted})
endif()
