@echo off
rem Runs Maven on a JDK 25 or newer (.mvn\jdk.cmd finds it). Which Maven, in this order: the version of
rem .mvn\wrapper\maven-wrapper.properties where it has been unpacked before; the same, downloaded from MVNW_REPOURL
rem (a Maven repository's address) where that is set; the mvn on the PATH; the version of maven-wrapper.properties,
rem downloaded from the mirror of Maven Central that the user's settings.xml names.
setlocal EnableExtensions DisableDelayedExpansion

set "root=%~dp0"
set "root=%root:~0,-1%"
call "%root%\.mvn\jdk.cmd" mvnw || exit /b 1
set "JAVA_HOME=%jdk%"
set "MAVEN_OPTS=--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED %MAVEN_OPTS%"

for /f "tokens=1,2 delims==" %%a in (%root%\.mvn\wrapper\maven-wrapper.properties) do set "mvnw_%%a=%%b"
if not defined MAVEN_USER_HOME set "MAVEN_USER_HOME=%USERPROFILE%\.m2"
set "dists=%MAVEN_USER_HOME%\wrapper\dists"
set "home=%dists%\heddle-apache-maven-%mvnw_version%"

if exist "%home%\bin\mvn.cmd" goto run
set "repository=%MVNW_REPOURL%"
if defined repository goto install
where mvn >nul 2>nul && goto path
set "settings=%USERPROFILE%\.m2\settings.xml"
if exist "%settings%" for /f "delims=" %%u in ('powershell -NoProfile -Command "([xml](Get-Content -Raw $env:settings)).settings.mirrors.mirror | Where-Object { $_.blocked -ne 'true' -and (',' + $_.mirrorOf.Replace(' ', '') + ',') -match ',(\*|central|external:\*),' -and $_.mirrorOf -notmatch '!central' } | Select-Object -First 1 -ExpandProperty url"') do set "repository=%%u"
if defined repository goto install
echo mvnw: needs Maven 3.8 or newer on the PATH, or the address of a Maven repository, as MVNW_REPOURL or as a mirror in %settings% 1>&2
exit /b 1

rem downloads the pinned Maven, checks its hash and unpacks it
:install
set "name=apache-maven-%mvnw_version%-bin.tar.gz"
if "%repository:~-1%"=="/" set "repository=%repository:~0,-1%"
set "url=%repository%/org/apache/maven/apache-maven/%mvnw_version%/%name%"
set "work=%dists%\heddle-%RANDOM%%RANDOM%"
mkdir "%work%" || exit /b 1
echo mvnw: downloading Maven %mvnw_version% 1>&2
powershell -NoProfile -Command "$ProgressPreference = 'SilentlyContinue'; Invoke-WebRequest -UseBasicParsing -Uri $env:url -OutFile (Join-Path $env:work $env:name)"
if errorlevel 1 (
  echo mvnw: could not download %url% 1>&2
  rd /s /q "%work%"
  exit /b 1
)
powershell -NoProfile -Command "$sum = (Get-FileHash -Algorithm SHA512 (Join-Path $env:work $env:name)).Hash.ToLower(); if ($sum -ne $env:mvnw_sha512) { [Console]::Error.WriteLine('mvnw: ' + $env:url + ': expected SHA-512 ' + $env:mvnw_sha512 + ', got ' + $sum); exit 1 }"
if errorlevel 1 (
  rd /s /q "%work%"
  exit /b 1
)
tar -xzf "%work%\%name%" -C "%work%"
move "%work%\apache-maven-%mvnw_version%" "%home%" >nul
rd /s /q "%work%"
if exist "%home%\bin\mvn.cmd" goto run
echo mvnw: could not unpack Maven into %home% 1>&2
exit /b 1

:path
call mvn %*
exit /b %ERRORLEVEL%

:run
call "%home%\bin\mvn.cmd" %*
exit /b %ERRORLEVEL%
