from django.urls import path

from home import views

app_name = "home"
urlpatterns = [
    path("brand.css", views.brand_css, name="brand-css"),
    path("brand-admin.css", views.admin_brand_css, name="admin-brand-css"),
]
