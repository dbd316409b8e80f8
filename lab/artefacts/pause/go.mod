module plumbline.dev/lab/pause

go 1.26
