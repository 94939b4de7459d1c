@echo off
rem Finds a JDK that Heddle can use; called by heddle.cmd and mvnw.cmd, as .mvn/jdk.sh is read on other systems.
rem
rem jdk.cmd NAME   sets jdk to the home of a JDK 25 or newer: HEDDLE_JAVA_HOME (nothing else, where it is set), else
rem                JAVA_HOME, else the java on the PATH, else one in the usual places. Where there is none: one line
rem                on standard error, beginning with NAME, and status 1.

set "jdk="
set "jdk_other="
if not defined HEDDLE_JAVA_HOME goto search
call :consider "%HEDDLE_JAVA_HOME%"
if not defined jdk echo %1: needs a JDK 25 or newer; HEDDLE_JAVA_HOME is something else: %HEDDLE_JAVA_HOME% 1>&2
goto done

:search
if defined JAVA_HOME call :consider "%JAVA_HOME%"
if defined jdk goto done
for /f "delims=" %%j in ('where java 2^>nul') do call :consider "%%~dpj.."
if defined jdk goto done
for /d %%d in (
  "%ProgramFiles%\Java\*"
  "%ProgramFiles%\Eclipse Adoptium\*"
  "%ProgramFiles%\Microsoft\*"
  "%ProgramFiles%\Zulu\*"
  "%ProgramFiles%\Amazon Corretto\*"
  "%ProgramFiles%\BellSoft\*"
  "%USERPROFILE%\.jdks\*"
  "%USERPROFILE%\.gradle\jdks\*"
  "%USERPROFILE%\scoop\apps\*"
) do call :consider "%%~d"
if not defined jdk if defined jdk_other echo %1: needs a JDK 25 or newer; found only %jdk_other%; set HEDDLE_JAVA_HOME or install one 1>&2
if not defined jdk if not defined jdk_other echo %1: needs a JDK 25 or newer; found none; set HEDDLE_JAVA_HOME or install one 1>&2
:done
if defined jdk exit /b 0
exit /b 1

rem takes the first that will do
:consider
if defined jdk exit /b 0
if not exist "%~1\bin\javac.exe" exit /b 0
if not exist "%~1\release" exit /b 0
set "jdk_version="
for /f "tokens=2 delims==" %%v in ('findstr /b "JAVA_VERSION=" "%~1\release"') do set "jdk_version=%%~v"
for /f "tokens=1 delims=.-+_" %%v in ("%jdk_version%") do set "jdk_major=%%v"
if not defined jdk_version exit /b 0
if %jdk_major% GEQ 25 set "jdk=%~f1"
if %jdk_major% LSS 25 if not defined jdk_other set "jdk_other=%jdk_version% at %~f1"
exit /b 0
