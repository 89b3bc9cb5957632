@echo off
rem Double-click: installs cchc-ml into .venv, writes the tagger as one page and opens it.
chcp 65001 >nul
rem pushd also enters a shared folder (\\server\...), which cd does not.
pushd "%~dp0"
if errorlevel 1 goto failed
rem The launcher may be missing, or know no Python 3.11; then the python of the PATH may do.
set CHECK=-c "import sys; sys.exit(sys.version_info < (3, 11))"
set PY=py -3
%PY% %CHECK% >nul 2>nul
if errorlevel 1 set PY=python
%PY% %CHECK% >nul 2>nul
if errorlevel 1 goto nopython
echo Đang cài đặt, mất vài phút ... (installing, some minutes)
if not exist .venv\Scripts\pip.exe %PY% -m venv .venv
if not exist .venv\Scripts\pip.exe goto failed
.venv\Scripts\python -m pip install --quiet --disable-pip-version-check -c constraints.txt ".[office]"
if errorlevel 1 goto failed
.venv\Scripts\cchc-ml app -o cchc.html --force
if errorlevel 1 goto failed
echo Xong. Trang cchc.html dùng được ngay, không cần mạng. (Done. The page cchc.html works offline.)
echo Để dùng dòng lệnh, gõ (for the command line, type):  .venv\Scripts\activate
if defined CI exit /b 0
start "" cchc.html
cmd /k .venv\Scripts\activate
exit /b 0

:nopython
echo Cần Python 3.11 trở lên: cài từ Microsoft Store hoặc python.org rồi chạy lại. (Python 3.11 or later is needed.)
if not defined CI pause
exit /b 1

:failed
echo Không cài được. Hãy đọc các dòng ở trên. (It could not be installed; read the lines above.)
if not defined CI pause
exit /b 1
