#!/bin/sh
# A tesseract that goes wrong in another way on each page: the width of the page says in which.
case "$1" in
--version) echo "tesseract 5.3.0"; exit ;;
--list-langs) printf 'List of available languages (1):\nfra\n'; exit ;;
esac

head='level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n'
word() { printf "5\t1\t1\t1\t1\t1\t%s\t%s\t%s\t%s\t%s\t$6\n" "$1" "$2" "$3" "$4" "$5"; }
page() {
    printf "$head"
    for text in Extrait du registre des deliberations du conseil municipal de la commune; do
        word 30 40 200 30 96 "$text"
    done
}

read -r _ width _
echo "$width $PPID" >>"$READERS"
case "$width" in
700) page ;;
701) page; word 30 90 200 30 96 'ann\351e' ;;         # one letter in Latin 1
702) printf "$head"; for text in '%%' '~~=' '|/|' '^;^' '=_='; do word 30 40 90 30 12 "$text"; done ;;
703) kill -KILL $PPID; exec sleep 60 ;;               # the worker dies, this program stays
704) kill -SEGV $PPID ;;
705) exec sleep 60 ;;
706) exec yes "$(page)" ;;                            # never ends
707) page; word 230 40 -200 30 96 maire ;;
708) page; word 30 40 200 30 nan maire ;;
709) page; word 99999 40 200 30 96 maire ;;
710) echo "leptonica says hello"; page ;;
711) page; printf 'reading \377\376 failed\n' >&2; exit 1 ;;
712) kill -ABRT $$ ;;
713) echo "Usage: tesseract [options]" ;;
714) ;;                                               # says nothing at all
715) page; printf '5\t1\t1\n' ;;                      # half a line
*) printf "$head" ;;
esac
