@echo off
rem Heddle's command line and its build on Windows; the comments at the top of the file heddle hold here too.
rem
rem   heddle COMMAND ...      runs the command line; builds it first where it is new or its sources are newer
rem   heddle java ARG...      the JDK's java with Heddle's modules on the module path: heddle java First.java
rem   heddle jshell ARG...    the JDK's jshell, likewise, with Heddle's packages imported
rem   heddle test [ARG...]    builds and tests everything; ARGs go to Maven
rem   heddle mutate [PACKAGE] changes the code in many small ways and reports the changes that no test of its module notices
rem   heddle parity ...       compares random cases, drawn afresh, with Flax; on POSIX systems only
rem   heddle tidy             formats the Java sources
rem   heddle site             writes the API reference (Javadoc of all library modules) to target\site\api
rem   heddle bench ...        measures Heddle beside its peers, which are fetched on first use
rem
rem Environment: HEDDLE_JAVA_HOME  a JDK 25 or newer; without it one is looked for (.mvn\jdk.cmd says where)
rem              HEDDLE_JAVA_OPTS  options for the JVM that runs the command line; "..." keeps spaces
rem              HEDDLE_PEERS      where `bench` finds its Python environments
setlocal EnableExtensions DisableDelayedExpansion

set "root=%~dp0"
set "root=%root:~0,-1%"
set "out=%root%\target\heddle"
set "program=dev.heddle.cli/dev.heddle.cli.Main"
set "library=dev.heddle,dev.heddle.io,dev.heddle.models"
set "regions=-XX:G1HeapRegionSize=32m"
set "quiet=-Xlog:disable -Xlog:all=warning:stderr -Xlog:aot*=off:stderr -Xlog:cds*=off:stderr"

call :wants_help %*
if defined help (
  if "%~1"=="help" (call :help_%~2) else (call :help_%~1)
  exit /b 0
)
call "%root%\.mvn\jdk.cmd" heddle || exit /b 1
set "HEDDLE_JAVA_HOME=%jdk%"
set "java=%jdk%\bin\java.exe"

set "rest=%*"
if "%~1"=="test" goto test
if "%~1"=="mutate" goto mutate
if "%~1"=="parity" goto parity
if "%~1"=="tidy" goto tidy
if "%~1"=="site" goto site
if "%~1"=="java" goto java
if "%~1"=="jshell" goto jshell
if "%~1"=="bench" goto bench
call :use cli || exit /b 1
call :without_kernels %*
if defined plain goto plain
set "collector="
if "%~1"=="train" set "collector=%regions%"
"%java%" -Xshare:auto %quiet% %collector% %HEDDLE_JAVA_OPTS% --module-path "%build%\lib" --module %program% %*
exit /b %ERRORLEVEL%

:plain
"%java%" -Xshare:auto %quiet% %HEDDLE_JAVA_OPTS% --limit-modules=dev.heddle.cli --module-path "%build%\lib" --module %program% %*
exit /b %ERRORLEVEL%

rem --- commands of the launcher

:java
call :use cli || exit /b 1
set rest=%rest:*java=%
"%java%" --module-path "%build%\lib" --add-modules %library% %HEDDLE_JAVA_OPTS% %rest%
exit /b %ERRORLEVEL%

:jshell
call :use cli || exit /b 1
set rest=%rest:*jshell=%
"%jdk%\bin\jshell.exe" --module-path "%build%\lib" --add-modules %library% --startup DEFAULT --startup "%root%\examples\imports.jsh" %rest%
exit /b %ERRORLEVEL%

:bench
call :use bench || exit /b 1
if not defined HEDDLE_PEERS set "HEDDLE_PEERS=%USERPROFILE%\.cache\heddle\peers"
"%java%" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow "-Dheddle.bench.scripts=%root%\bench\peers\python" "-Dheddle.bench.environments=%HEDDLE_PEERS%" "-DDJL_CACHE_DIR=%out%\djl" "-DENGINE_CACHE_DIR=%out%\djl" %regions% %HEDDLE_JAVA_OPTS% --class-path "%build%\lib\*" dev.heddle.cli.Main %*
exit /b %ERRORLEVEL%

:tidy
if not "%~2"=="" (
  call :say tidy takes no arguments
  exit /b 2
)
call :maven --quiet spotless:apply
exit /b %ERRORLEVEL%

:site
if not "%~2"=="" (
  call :say site takes no arguments
  exit /b 2
)
call :use cli || exit /b 1
if exist "%root%\target\site\api" rd /s /q "%root%\target\site\api"
pushd "%root%"
"%jdk%\bin\javadoc.exe" @docs/javadoc.options --module-path "%build%\lib;%build%\compile" -d "%root%\target\site\api"
if errorlevel 1 (
  popd
  call :say javadoc failed; its reasons are above
  exit /b 1
)
popd
call :say written: %root%\target\site\api\index.html
exit /b 0

:test
set rest=%rest:*test=%
set "HEDDLE_TESTING=yes"
set "failed=0"
call :maven --fail-at-end -Pconsumers -Dspotless.check.skip=true %rest% verify || set "failed=1"
call :maven --quiet spotless:check || set "failed=1"
call :say left out: the live comparison with Flax, whose set-up is a POSIX shell script
exit /b %failed%

:parity
call :say parity needs the Python environments with Flax, whose set-up is a POSIX shell script
exit /b 1

:mutate
if "%~2"=="" (
  call :say mutate: expected a package below dev.heddle, such as optim
  exit /b 2
)
set "package=%~2"
set "folder=%package:.=\%"
set "module="
for %%m in (core simd io models cli) do if exist "%root%\%%m\src\main\java\dev\heddle\%folder%\" set "module=%%m"
if not defined module (
  call :say mutate %package%: expected a package below dev.heddle, such as optim
  exit /b 2
)
call :maven --quiet -Pmutate -pl %module% -am -Dspotless.check.skip=true "-DtargetClasses=dev.heddle.%package%.*" "-DtargetTests=dev.heddle.*" test-compile org.pitest:pitest-maven:mutationCoverage || exit /b 1
call :say the report is %root%\%module%\target\pit-reports\index.html
exit /b 0

rem --- building: a directory for each build below target\heddle; the file KIND.current names the one in use

:use
call :is_fresh %1 && exit /b 0
call :make %1
exit /b %ERRORLEVEL%

rem sets build; status 1 where there is none or a source is newer
:is_fresh
set "name="
if not exist "%out%\%1.current" exit /b 1
set /p name=<"%out%\%1.current"
set "build=%out%\%name%"
if not exist "%build%\stamp" exit /b 1
set "HEDDLE_STAMP=%build%\stamp"
pushd "%root%"
powershell -NoProfile -Command "$t = (Get-Item $env:HEDDLE_STAMP).LastWriteTimeUtc; $n = Get-ChildItem -Recurse -ErrorAction SilentlyContinue heddle.cmd, pom.xml, *\pom.xml, *\src\main, bench\peers\src | Where-Object { $_.LastWriteTimeUtc -gt $t } | Select-Object -First 1; if ($n) { exit 1 }"
set "status=%ERRORLEVEL%"
popd
exit /b %status%

:make
if defined HEDDLE_TESTING (
  call :say not built, and a test cannot wait for the run that it is part of
  exit /b 1
)
if not exist "%out%" mkdir "%out%"
mkdir "%out%\lock" 2>nul || (
  call :say another process builds here; where none does, remove %out%\lock
  exit /b 1
)
call :make_locked %1
set "status=%ERRORLEVEL%"
rd "%out%\lock"
exit /b %status%

:make_locked
call :say building, with the JDK in %jdk%
set "number=0"
:next_number
set /a number+=1
set "build=%out%\%1.%number%"
mkdir "%build%" 2>nul || goto next_number
mkdir "%build%\lib"
type nul >"%build%\stamp"
if "%1"=="cli" set "module=cli"
if "%1"=="cli" set "profile=launcher"
if "%1"=="bench" set "module=bench\peers"
if "%1"=="bench" set "profile=peers"
for %%d in (lib compile) do if exist "%root%\%module%\target\%%d" rd /s /q "%root%\%module%\target\%%d"
del /q "%root%\%module%\target\heddle-*.jar" 2>nul
call :maven -Dmaven.test.skip=true -P%profile% --projects %module% --also-make package >"%out%\%1.log" 2>&1
if errorlevel 1 (
  rd /s /q "%build%"
  type "%out%\%1.log" >&2
  call :say the build failed; all it said is in %out%\%1.log
  exit /b 1
)
copy /y "%root%\%module%\target\lib\*.jar" "%build%\lib" >nul
copy /y "%root%\%module%\target\heddle-*.jar" "%build%\lib" >nul
if exist "%root%\%module%\target\compile" move "%root%\%module%\target\compile" "%build%" >nul
>"%out%\%1.current.new" echo %1.%number%
move /y "%out%\%1.current.new" "%out%\%1.current" >nul
rem A build of before that a process uses cannot be renamed, and stays until the next time.
for /d %%d in ("%out%\%1.*") do if /i not "%%d"=="%build%" (ren "%%d" "old.%%~nxd" 2>nul && rd /s /q "%out%\old.%%~nxd")
call :say built
exit /b 0

:maven
pushd "%root%"
call "%root%\mvnw.cmd" --batch-mode %*
set "status=%ERRORLEVEL%"
popd
exit /b %status%

:say
echo heddle: %* 1>&2
exit /b 0

rem --- help

rem sets help where a command of the launcher's own is asked for help
:wants_help
set "help="
if "%~1"=="help" for %%c in (test mutate tidy site java jshell) do if "%~2"=="%%c" set "help=yes"
for %%c in (java jshell) do if "%~1"=="%%c" for %%o in (-h --help) do if "%~2"=="%%o" set "help=yes"
for %%c in (test mutate tidy site) do if "%~1"=="%%c" for %%o in (%*) do (
  if "%%~o"=="-h" set "help=yes"
  if "%%~o"=="--help" set "help=yes"
)
exit /b 0

rem sets plain where no kernels run: the JVM warns of the Vector API, which help does without
:without_kernels
set "plain="
if "%~1"=="" set "plain=yes"
if "%~1"=="help" set "plain=yes"
if "%~1"=="completion" set "plain=yes"
for %%o in (%*) do (
  if "%%~o"=="-h" set "plain=yes"
  if "%%~o"=="--help" set "plain=yes"
)
exit /b 0

:help_test
echo Usage: heddle test [ARG...]
echo Builds and tests every module and checks the format.
echo   ARG...   arguments for Maven, such as -Dheddle.jvm=-Xint
exit /b 0

:help_mutate
echo Usage: heddle mutate PACKAGE
echo Changes the compiled code of dev.heddle.PACKAGE in one place at a time, with PIT, and runs the tests of its own module
echo that reach the place.
exit /b 0

:help_tidy
echo Usage: heddle tidy
echo Formats the Java sources of every module with google-java-format.
exit /b 0

:help_site
echo Usage: heddle site
echo Writes the API reference, the Javadoc of all library modules, to target\site\api; index.html is its first page.
exit /b 0

:help_java
echo Usage: heddle java [ARG...]
echo Runs the java launcher of a JDK 25 or newer with Heddle's modules on the module path and resolved.
echo The arguments are the java launcher's, after those of HEDDLE_JAVA_OPTS; heddle java -? shows its options.
exit /b 0

:help_jshell
echo Usage: heddle jshell [ARG...]
echo Runs the jshell of a JDK 25 or newer with Heddle's modules on the module path and its packages imported.
echo The arguments are jshell's; heddle jshell -? shows its options.
exit /b 0
